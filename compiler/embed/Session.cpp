// Starting, running, stopping and closing a session.
#include "compiler/embed/Session.h"

#include <cmath>
#include <cstdio>
#include <fmt/format.h>

using snn::embed::guarded;

void snn_session::print(std::string_view text) {
  if (printCall) {
    printCall(printUser, text.data(), text.size());
    return;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

snn::rt::Status snn_session::idle(const char *what) const {
  if (running)
    return snn::embed::usage(
        fmt::format("a running session cannot be {}: callbacks may read, write and stop it", what));
  return {};
}

namespace snn::embed {

namespace {

std::vector<std::string> argumentsOf(const char *experiment, const char *const *flags,
                                     size_t count) {
  std::vector<std::string> arguments;
  if (experiment)
    arguments.emplace_back(experiment);
  for (size_t k = 0; k < count; ++k)
    arguments.emplace_back(flags[k]);
  return arguments;
}

rt::Status create(const snn_program &program, const std::vector<std::string> &arguments,
                  std::unique_ptr<snn_session> &made) {
  const std::shared_ptr<const abi::Image> &image = program.code->image();
  rt::Result<rt::CommandLine> line = rt::parseCommandLine(*image, arguments);
  if (!line.ok())
    return line.error();
  if (line.value().help || line.value().version)
    return usage("--help and --version are flags of finished binaries: nothing would run");
  driver::Timing timing;
  const rt::Result<snn_model> model = program.code->modelFor(line.value(), timing);
  if (!model.ok())
    return model.error();
  made = std::make_unique<snn_session>();
  made->code = program.code;
  rt::SessionOptions &options = line.value().session;
  options.quiet = true;
  options.record = !options.output.empty();
  options.printer = [s = made.get()](std::string_view text) { s->print(text); };
  options.notes = [s = made.get()](std::string_view text) { s->notes += text; };
  options.sinks = {&made->records};
  auto session =
      rt::Session::create(model.value(), image, line.value().program, std::move(options));
  if (!session.ok())
    return session.error();
  made->session = std::move(session.value());
  made->network =
      std::make_unique<snn_network>(image, line.value().program, &made->session->network());
  return {};
}

/// Runs the session by `work`, once at a time.
int run(snn_session *session, snn_error **error,
        const std::function<rt::Status(rt::Session &)> &work) {
  return guarded(error, [&]() -> rt::Status {
    if (rt::Status s = session->idle("run"); !s.ok())
      return s;
    if (session->closed)
      return usage("the session is closed and runs no more");
    struct Mark {
      bool &running;
      explicit Mark(bool &r) : running(r) { running = true; }
      ~Mark() { running = false; }
    } mark(session->running);
    rt::Status status = work(*session->session);
    session->session->goOn();
    return status;
  });
}

} // namespace

rt::Result<int64_t> stepsOf(const snn_session &session, double ms, const char *what) {
  const double dt = session.session->network().settings().dt, steps = std::round(ms / dt);
  if (!(ms >= 0) || !(steps < 9e15))
    return usage(fmt::format("{} of {} ms is no time", what, ms));
  if (std::fabs(steps * dt - ms) > 1e-9 * std::max(ms, dt))
    return usage(fmt::format("{} of {} ms is no multiple of dt, which is {} ms", what, ms, dt));
  return static_cast<int64_t>(steps);
}

} // namespace snn::embed

snn_session *snn_session_create(const snn_program *program, const char *experiment,
                                const char *const *flags, size_t count, snn_error **error) {
  std::unique_ptr<snn_session> made;
  const bool ok = guarded(error, [&] {
    return snn::embed::create(*program, snn::embed::argumentsOf(experiment, flags, count), made);
  });
  return ok ? made.release() : nullptr;
}

void snn_session_free(snn_session *session) {
  if (!session)
    return;
  snn_session_close(session, nullptr);
  delete session;
}

int snn_session_close(snn_session *session, snn_error **error) {
  return guarded(error, [&]() -> snn::rt::Status {
    if (snn::rt::Status s = session->idle("closed"); !s.ok())
      return s;
    session->closed = true;
    return session->session->close();
  });
}

int snn_session_run_experiment(snn_session *session, snn_error **error) {
  return snn::embed::run(session, error, [](snn::rt::Session &s) { return s.runExperiment(); });
}

int snn_session_run(snn_session *session, double ms, snn_error **error) {
  return snn::embed::run(session, error, [&](snn::rt::Session &s) -> snn::rt::Status {
    const snn::rt::Result<int64_t> steps = snn::embed::stepsOf(*session, ms, "a run");
    return steps.ok() ? s.advance(steps.value()) : steps.status();
  });
}

int snn_session_step(snn_session *session, int64_t steps, snn_error **error) {
  return snn::embed::run(session, error, [&](snn::rt::Session &s) -> snn::rt::Status {
    if (steps < 0)
      return snn::embed::usage(fmt::format("{} steps: time does not run backwards", steps));
    return s.advance(steps);
  });
}

const char *snn_session_notes(const snn_session *session) { return session->notes.c_str(); }
int snn_session_finished(const snn_session *session) { return session->session->finished(); }
void snn_session_stop(snn_session *session) { session->session->stop(); }
double snn_session_time(const snn_session *session) { return session->session->network().timeMs(); }
double snn_session_dt(const snn_session *session) {
  return session->session->network().settings().dt;
}
const snn_network *snn_session_network(const snn_session *session) {
  return session->network.get();
}
