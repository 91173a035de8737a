// Errors of the C API.
#include "compiler/embed/Error.h"

#include "runtime/core/FloatMode.h"

#include <new>

namespace snn::embed {

namespace {

static_assert(SNN_MODEL == static_cast<int>(rt::ExitCode::model) &&
              SNN_USAGE == static_cast<int>(rt::ExitCode::usage) &&
              SNN_ASSERTION == static_cast<int>(rt::ExitCode::assertion) &&
              SNN_DIVERGENCE == static_cast<int>(rt::ExitCode::divergence) &&
              SNN_RESOURCES == static_cast<int>(rt::ExitCode::resources) &&
              SNN_IO == static_cast<int>(rt::ExitCode::io) &&
              SNN_BAD_DATA == static_cast<int>(rt::ExitCode::badData) &&
              SNN_INTERNAL == static_cast<int>(rt::ExitCode::internal));

rt::Status attempt(const std::function<rt::Status()> &work) {
  try {
    return work();
  } catch (const std::bad_alloc &) {
    return rt::Error{rt::ExitCode::resources, "out of memory"};
  } catch (const std::exception &e) {
    return rt::Error{rt::ExitCode::internal, e.what()};
  } catch (...) { // a callback's own
    return rt::Error{rt::ExitCode::internal, "an exception of unknown type was thrown"};
  }
}

} // namespace

bool guarded(snn_error **error, const std::function<rt::Status()> &work) {
  const rt::FloatMode mode;
  if (error)
    *error = nullptr;
  const rt::Status status = attempt(work);
  if (!status.ok() && error)
    *error = new (std::nothrow)
        snn_error{static_cast<snn_code>(status.error().code), status.error().message, {}};
  return status.ok();
}

rt::Error usage(std::string message) { return {rt::ExitCode::usage, std::move(message)}; }

std::vector<snn_error::Diagnostic> diagnosticsOf(const diag::Engine &engine) {
  std::vector<snn_error::Diagnostic> out;
  for (const diag::Diagnostic &d : engine.all()) {
    snn_error::Diagnostic &to = out.emplace_back();
    to.code = diag::code(d.id);
    to.message = d.message;
    to.help = d.help;
    to.warning = diag::severity(d.id) == diag::Severity::Warning;
    const source::File *file = engine.sources().file(d.range.file);
    if (!file)
      continue;
    const source::Place begin = file->place(d.range.begin), end = file->place(d.range.end);
    to.file = file->path();
    to.line = begin.line, to.column = begin.column, to.endLine = end.line,
    to.endColumn = end.column;
  }
  return out;
}

} // namespace snn::embed

snn_code snn_error_code(const snn_error *error) { return error->code; }
const char *snn_error_message(const snn_error *error) { return error->message.c_str(); }
void snn_error_free(snn_error *error) { delete error; }
size_t snn_error_diagnostics(const snn_error *error) { return error->diagnostics.size(); }

int snn_error_diagnostic(const snn_error *error, size_t index, snn_diagnostic *diagnostic) {
  if (index >= error->diagnostics.size())
    return 0;
  const snn_error::Diagnostic &d = error->diagnostics[index];
  return snn::embed::fill(diagnostic,
                          {0, d.code.c_str(), d.warning, d.message.c_str(), d.help.c_str(),
                           d.file.c_str(), d.line, d.column, d.endLine, d.endColumn});
}
