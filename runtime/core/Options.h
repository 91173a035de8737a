// The command line of finished binaries (LANGUAGE section 9).
#pragma once

#include "runtime/abi/ProgramImage.h"
#include "runtime/core/Simulation.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt {

class Sink;

/// What a session is started with; what is left out comes from the experiment's `set` or has the language's default.
struct SessionOptions {
  std::optional<double> dt;              ///< ms
  std::optional<uint64_t> seed;
  std::optional<int> threads;
  std::optional<Precision> precision;
  /// Values of options in canonical units, by name; texts of options that are texts.
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> texts;
  /// --set: path → value as written.
  std::map<std::string, std::string> sets;
  std::string output;                    ///< HDF5 file; empty: `outputDefault` when something is recorded
  std::string outputDefault;
  bool record = true;                    ///< false: nothing is written (embedding)
  bool sweepCell = false;                ///< one cell of a sweep: its values are in `numbers`, `seed` and `dt`
  bool quiet = false;
  DeviceKind device = DeviceKind::Cpu;   ///< what computes the steps
  bool profile = false;                  ///< print where the time went when the experiment has ended
  std::string checkpoint, resume;        ///< files; empty: none
  double checkpointEveryMs = 600'000;    ///< of wall time
  std::string modelFolder;               ///< where data sets are looked for beside the system's places; empty: the model's
  /// Set by embedding programs; what is left out goes to standard output and standard error.
  std::function<void(std::string_view)> printer; ///< what the experiment prints
  std::function<void(std::string_view)> notes;   ///< warnings, whole lines
  std::vector<Sink *> sinks;             ///< also get what the experiment records; must outlive the session
};

struct CommandLine {
  size_t program = 0;                    ///< which experiment
  bool help = false, version = false;
  SessionOptions session;
};

/// Parses the arguments after the program's name. Errors (ExitCode::usage) name the nearest known flag, or the units.
Result<CommandLine> parseCommandLine(const abi::Image &image, std::span<const std::string> arguments);

/// The same for a program that is chosen already: flags alone. Its number is not looked at again.
Result<CommandLine> parseFlags(const abi::Image &image, size_t program, std::span<const std::string> flags);

/// The recording's name where none is given: "PROGRAM.h5", or "PROGRAM-EXPERIMENT.h5" for one of several, which leave each other's alone.
std::string recordingName(const std::string &binary, const abi::Image &image, size_t program);

std::string helpText(const abi::Image &image, size_t program, const std::string &binary);

} // namespace snn::rt
