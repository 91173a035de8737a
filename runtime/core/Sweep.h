// A sweep: an experiment repeated in fresh simulations, its cells, side by side on the cores. What they print and record is
// handed on in the order of the cells, so that it is the same for any number of threads. No globals and no exit().
#pragma once

#include "runtime/core/ReportPage.h"
#include "runtime/core/SweepGrid.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace snn::rt {

class Spool;
class SweepFile;

/// What the experiment will take; of a sweep, what the cell takes that takes most. An error if it cannot be built.
Status planProgram(std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options, RunPlan &out);

class Sweep {
public:
  /// Evaluates the axes and plans each cell; an error if one of them cannot be built.
  static Result<std::unique_ptr<Sweep>> create(const snn_model &model, std::shared_ptr<const abi::Image> image, size_t program,
                                               SessionOptions options);
  ~Sweep();
  /// Where an outer stop request is seen, e.g. a signal handler's flag; may be null.
  void watch(const std::atomic<int> *flag) { outerStop = flag; }
  /// Runs all cells and what follows them and closes the recording. The error is that of the first cell that has one.
  Status run();
  /// After a stopped run: where that was. Empty: it ended by itself.
  const std::string &stoppedAt() const { return stopped; }

private:
  struct Cell {
    double bytes = 0;                        ///< that its network is planned to take
    std::vector<std::pair<bool, std::string>> said; ///< what waits for its turn; true: a note
    std::unique_ptr<Spool> spool;
    Session *live = nullptr;                 ///< while it runs
    std::vector<host::Value> values;         ///< by HostProgram::gathered
    std::vector<Session::FileUse> files;
    bool shows = false;                      ///< figures; those of the first cells are kept
    std::vector<Figure> figures;
    Status status;
    bool ended = false, finished = false;
  };

  const snn_model &model;
  std::shared_ptr<const abi::Image> image;
  size_t program;
  SessionOptions given;
  RunPlan largest;                           ///< of the cells
  std::unique_ptr<Session> frame;            ///< options and settings without a network
  SweepGrid grid;
  std::vector<Cell> cells;
  std::unique_ptr<SweepFile> file;
  std::unique_ptr<Progress> progress;
  const std::atomic<int> *outerStop = nullptr;
  std::string stopped;

  std::mutex lock;                           ///< of what follows, and of `cells` between the threads
  std::condition_variable changed;
  size_t next = 0, turn = 0, running = 0;    ///< the cell that is started next; that is handed on next
  double available = 0, taken = 0;           ///< bytes of memory: for all cells together, for those that run
  bool oneSeed = true;                       ///< of all cells
  bool ending = false;                       ///< no further cell is started
  Status failure;
  std::set<std::string> notesSaid;
  std::map<std::string, size_t> writtenBy, readBy; ///< files that cells saved to, loaded from
  std::vector<std::vector<host::Value>> gathered;  ///< by HostProgram::gathered, by cell
  SweepReport report;

  friend Status planProgram(std::shared_ptr<const abi::Image>, size_t, SessionOptions, RunPlan &);
  Sweep(const snn_model &model, std::shared_ptr<const abi::Image> image, size_t program, SessionOptions options);
  const abi::HostProgram &host() const { return image->programs[program].host; }
  Status prepare();
  Status planCells();
  Status openRecording();
  SessionOptions optionsOf(size_t cell, int threads);
  void work(int threads);
  bool admit(std::unique_lock<std::mutex> &held, size_t &cell);
  Status runCell(size_t cell, int threads);
  void keep(size_t cell, const Session &session);
  void say(size_t cell, bool note, std::string_view text);
  void emit(bool note, const std::string &text);
  void handOn();
  Status hand(size_t cell);
  void reportCell(size_t cell);
  Status compareFiles(size_t cell);
  Status gather(size_t cell);
  Status close();
  Status after();
  Error named(size_t cell, const Error &error) const;
};

} // namespace snn::rt
