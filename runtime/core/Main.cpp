// The main program of finished binaries.
#include "runtime/core/Main.h"

#include "runtime/core/Session.h"
#include "runtime/core/Sweep.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <new>

namespace snn::rt {

namespace {

/// Set by the handler; a second signal ends the process at once. `timeout` and terminals may send one to the process and to its
/// group: the same signal within a moment is the same one.
std::atomic<int> signalSeen{0};
std::atomic<int64_t> signalTime{0}; ///< of the first, in ms

extern "C" void onSignal(int number) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t ms = int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
  if (const int before = signalSeen.exchange(number); before == 0)
    signalTime.store(ms);
  else if (before != number || ms - signalTime.load() > 300)
    std::_Exit(128 + number);
}

void catchSignals() {
  struct sigaction action {};
  action.sa_handler = onSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN; // a closed pipe is an error of writing, with a message
  sigaction(SIGPIPE, &ignore, nullptr);
  sigaction(SIGXFSZ, &ignore, nullptr);
}

int report(const Error &error) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", error.message.c_str());
  return static_cast<int>(error.code);
}

std::string baseName(const std::string &path) { return path.substr(path.rfind('/') + 1); }

/// All output must have arrived: a full disk or closed pipe is not success.
int checkOutput(int code) {
  if ((std::fflush(stdout) != 0 || std::ferror(stdout)) && code == 0)
    return report({ExitCode::io, fmt::format("standard output cannot be written: {}", std::strerror(errno))});
  return code;
}

int run(const snn_model &model, const std::shared_ptr<const abi::Image> &image, CommandLine &line) {
  std::string stoppedAt;
  const Status ran = runProgram(model, image, line.program, line.session, &signalSeen, stoppedAt);
  if (!ran.ok())
    return report(ran.error());
  if (const int number = signalSeen.load()) {
    std::fprintf(stderr, "stopped by signal %d%s%s\n", number, stoppedAt.empty() ? "" : " ", stoppedAt.c_str());
    return 128 + number;
  }
  return 0;
}

} // namespace

Status runProgram(const snn_model &model, const std::shared_ptr<const abi::Image> &image, size_t program, SessionOptions options,
                  const std::atomic<int> *stop, std::string &stoppedAt) {
  if (!image->programs[program].host.sweeps.empty()) {
    Result<std::unique_ptr<Sweep>> sweep = Sweep::create(model, image, program, std::move(options));
    if (!sweep.ok())
      return sweep.error();
    sweep.value()->watch(stop);
    const Status ran = sweep.value()->run();
    stoppedAt = sweep.value()->stoppedAt();
    return ran;
  }
  const std::string checkpoint = options.checkpoint;
  Result<std::unique_ptr<Session>> created = Session::create(model, image, program, std::move(options));
  if (!created.ok())
    return created.error();
  Session &session = *created.value();
  session.watch(stop);
  const Status ran = session.runExperiment();
  stoppedAt = fmt::format("at t = {:g} ms{}", session.network().timeMs(), checkpoint.empty() ? "" : "; --resume " + checkpoint + " goes on");
  if (!ran.ok() && ran.error().code == ExitCode::resources)
    session.dropNetwork(); // its memory is what closing the recording takes
  const Status closed = session.close();
  return ran.ok() ? closed : ran;
}

void holdStandardStreams() {
  for (int stream = 0; stream <= 2; ++stream)
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && ::open("/dev/null", O_RDONLY) < 0)
      return; // the lowest free number is the stream's
}

namespace {

/// Where data lie if the model is not where it was compiled: beside the program, which was started, or brought, elsewhere. Else empty.
std::string folderBesideProgram(const abi::Image &image) {
  std::error_code none;
  if (std::filesystem::exists(image.modelFolder + "/" + baseName(image.modelPath), none))
    return {};
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", none);
  return none ? std::string() : program.parent_path().string();
}

int runBinary(const snn_model &model, int argc, char **argv) {
  const Result<std::shared_ptr<const abi::Image>> image = readImage(model);
  if (!image.ok())
    return report(image.error());
  const std::string binary = argc > 0 ? argv[0] : "model";
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  Result<CommandLine> line = parseCommandLine(*image.value(), arguments);
  if (!line.ok())
    return report(line.error());
  const abi::Image &content = *image.value();
  if (line.value().help || line.value().version) {
    const std::string text =
        line.value().help ? helpText(content, line.value().program, baseName(binary))
                          : fmt::format("{} of {} (sha256 {}), compiled by snnc {}\n", baseName(binary),
                                        baseName(content.modelPath), content.modelSha256.substr(0, 12), content.compilerVersion);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return checkOutput(0);
  }
  SessionOptions &options = line.value().session;
  options.outputDefault = recordingName(baseName(binary), content, line.value().program);
  options.modelFolder = folderBesideProgram(content);
  catchSignals();
  return checkOutput(run(model, image.value(), line.value()));
}

} // namespace

int mainEntry(const snn_model &model, int argc, char **argv) {
  holdStandardStreams();
  try {
    return runBinary(model, argc, argv);
  } catch (const std::bad_alloc &) {
    return report({ExitCode::resources, "no memory is left"});
  } catch (const std::exception &e) {
    return report({ExitCode::internal, fmt::format("internal error: {}", e.what())});
  }
}

} // namespace snn::rt
