// One simulation with its experiment: network, VM, recording, checkpoints. No globals and no exit(): several sessions may
// live side by side. Finished binaries (Main.cpp) and the embedding API are built on it.
#pragma once

#include "runtime/core/Options.h"
#include "runtime/core/Profile.h"
#include "runtime/core/RunPlan.h"
#include "runtime/core/Taps.h"
#include "runtime/host/Vm.h"

#include <atomic>
#include <chrono>

namespace snn::rt {

class Figures;
class FileSink;
class Progress;
struct RecordingHeader;

/// The image of a model, read back; refuses one of another major version.
Result<std::shared_ptr<const abi::Image>> readImage(const snn_model &model);
/// Something that --set can name.
struct Settable {
  std::string path, unit; ///< cells.tau_m, ms
  double unitScale = 1;
  abi::ValueType type = abi::ValueType::Real;
};
/// Every param of the network and of its populations and projections, by path.
std::vector<Settable> settables(const abi::ProgramImage &program);
/// The kernels for the precision and this machine's CPU, or an error that says what is missing.
Result<const snn_kernel_fn *> selectKernels(const snn_model &model, size_t program, Precision precision);

/// With the slash at its end; empty for a file without a folder.
std::string folderOf(const std::string &path);

class Session final : private host::World, private SetupValues {
public:
  /// Evaluates settings and set-up, allocates and connects the network. `model` must outlive the session.
  static Result<std::unique_ptr<Session>> create(const snn_model &model, std::shared_ptr<const abi::Image> image,
                                                 size_t program, SessionOptions options);
  ~Session() override;
  /// What such a session would take; nothing is allocated, and no kernels are needed. An error if it cannot be created.
  static Status plan(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options, RunPlan &out);

  /// A session without a network, for what a sweep does beside its cells: options are known, after configureSettings() also
  /// dt, seed and threads; functions of the host program can be called that touch nothing else.
  static Result<std::unique_ptr<Session>> frame(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options);
  Status configureSettings();
  /// Calls a function of the host program; `given` are values of its local slots.
  Status call(uint32_t function, host::Value *result, std::span<const std::pair<uint32_t, host::Value>> given = {});
  /// A local slot of the experiment.
  const host::Value &local(uint32_t slot) const { return vm.local(slot); }
  /// Attributes of the recording; options that are swept have the values of `swept`.
  RecordingHeader header(const std::map<std::string, std::vector<double>> &swept);
  /// An error if the recording would replace a file that the program reads.
  Status outputIsNotRead() const;
  const Figures &plots() const { return *figures; }
  const Settings &runSettings() const { return settings; }
  /// A file that the experiment saved to or loaded from.
  struct FileUse {
    std::string path, place; ///< place: "model.snn:3:5: "
    bool written = false;
  };
  const std::vector<FileUse> &fileUses() const { return files; }

  Network &network() { return *net; }
  const abi::ProgramImage &program() const { return image->programs[programNumber]; }
  const SessionOptions &options() const { return given; }

  /// Runs the experiment from where it stands to its end, or until stop() is called from a signal or another thread.
  Status runExperiment();
  bool finished() const { return vm.finished(); }
  /// Advances by steps outside of the experiment, with recording.
  Status advance(int64_t steps);
  /// Writes the last checkpoint (not after an error), closes the recording, writes the report. Call once; also after an error, so that what
  /// was recorded can be read.
  Status close();
  /// Only close() may follow: for a run that has no memory left to close its files with.
  void dropNetwork() { taps.reset(), net.reset(); }
  /// Ends the run that is under way: after this step if a sink asks, soon if another thread does.
  void stop() { stopRequest = true; }
  /// After a stopped run: the next one goes on.
  void goOn() { stopRequest = false; }
  bool wasStopped() const { return stopRequest; }
  /// Where an outer stop request is seen, e.g. a signal handler's flag; may be null.
  void watch(const std::atomic<int> *flag) { outerStop = flag; }

  /// Records something that the experiment does not: `sink` must outlive the session.
  Status attach(abi::HostRecordKind kind, uint32_t object, uint32_t variable, double intervalMs, Sink &sink);
  /// Everything that the experiment records also goes to `sink`.
  void addSink(Sink &sink) { sinks.push_back(&sink); }
  /// Standard output by default.
  std::function<void(std::string_view)> printer;
  /// Warnings and notes; standard error by default.
  std::function<void(std::string_view)> notes;

private:
  std::shared_ptr<const abi::Image> image;
  size_t programNumber;
  SessionOptions given;
  Settings settings;
  std::map<std::string, double> setValues; ///< --set in canonical units
  std::vector<double> scalars;
  host::Vm vm;
  std::unique_ptr<Network> net;
  std::unique_ptr<Taps> taps;
  std::unique_ptr<Figures> figures;
  std::unique_ptr<FileSink> file;
  std::unique_ptr<Progress> progress;
  std::vector<Sink *> sinks;
  std::vector<FileUse> files;
  std::map<std::string, std::shared_ptr<const host::DataSetRef>> dataSets;
  std::atomic<bool> stopRequest{false};
  const std::atomic<int> *outerStop = nullptr;
  int64_t chunk = 1;
  uint32_t attached = 0;
  ProfileTotals ran;                         ///< the steps so far
  bool closed = false, failed = false;
  std::chrono::steady_clock::time_point lastCheckpoint;
  /// Records and plots that the experiment started: restored on resume.
  struct Started {
    uint32_t number = 0;
    bool plot = false;
    host::Value cells;
    int64_t everySteps = 1;
  };
  std::vector<Started> started;

  Session(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options);
  Status configure();
  Status setUp(const snn_model &model);
  Status collectSets();
  Error notSettable(const std::string &path, const std::vector<std::string> &params) const;
  void applyOptions();
  Status openOutputs();
  Status openRecording(const std::string *cursor);
  Status startRecord(const Started &s);
  Status startPlot(uint32_t plot, const host::Cells &cells);
  Recorded describe(uint32_t record, const host::Value *cells) const;
  std::vector<Sink *> allSinks();
  Result<std::string> beside(const std::string &path) const;
  std::string modelIdentity() const;
  Status resume();
  Status resumeOptions();
  std::string optionsJson(const std::map<std::string, std::vector<double>> &swept);
  Status writeCheckpoint();
  std::string stateBytes();
  Status loadStateBytes(std::string_view bytes);

  // ---- World
  void setting(abi::HostSetting which, double value) override;
  Result<bool> overrideOf(const std::string &path, const std::string &unit, double unitScale,
                          abi::HostConstant::Kind kind, double &value) override;
  Status setScalar(uint32_t id, double value) override;
  Network *currentNetwork() override { return net.get(); }
  double dt() override { return settings.dt; }
  uint64_t seed() override { return settings.seed; }
  Status advanceTo(int64_t step) override;
  bool stopped() override;
  Status record(uint32_t record, const host::Value *cells, double intervalMs) override;
  Status append(uint32_t record, const host::Value &value) override;
  Status plotBegin(uint32_t plot, const host::Cells &cells) override;
  Status plot(uint32_t plot, const host::Value *value, const host::Value *over) override;
  Status setCurve(uint32_t number, const host::Value &y, const host::Value &x);
  Status setImage(uint32_t plot, const host::Value &value);
  void print(const std::string &text) override;
  void warn(const std::string &text) override;
  Status save(const std::string &path) override;
  Status load(const std::string &path) override;
  Result<host::Value> dataSet(const std::string &name, const std::string &otherwise) override;
  Result<host::Value> loadArray(const std::string &path, const std::string &array) override;
  void turn(const host::Iterator &iterator) override;

  // ---- SetupValues
  Result<double> number(uint32_t function) override;
  Result<std::vector<double>> array(uint32_t function) override;
  Result<std::vector<double>> array(uint32_t function, std::vector<int64_t> &shape) override;
  bool overridden(std::string_view path, double &value) override;
};

} // namespace snn::rt
