// Compiling, and what a compiled program says about itself.
#include "compiler/embed/Program.h"

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Worker.h"

#include <fmt/format.h>

namespace snn::embed {

namespace {

using Load = std::function<bool(driver::Chain &)>;

std::unique_ptr<snn_program> describe(std::shared_ptr<driver::InMemory> code,
                                      std::string warnings) {
  auto program = std::make_unique<snn_program>();
  program->code = std::move(code);
  program->warnings = std::move(warnings);
  const std::shared_ptr<const abi::Image> &image = program->code->image();
  for (size_t k = 0; k < image->programs.size(); ++k) {
    program->networks.push_back(std::make_unique<snn_network>(image, k, nullptr));
    program->params.push_back(rt::settables(image->programs[k]));
  }
  return program;
}

/// All stages up to bytecode, on a thread with a large stack: the host's may be small.
rt::Status compile(const char *name, const Load &load, std::unique_ptr<snn_program> &made,
                   std::vector<snn_error::Diagnostic> &found) {
  if (!name)
    return usage("the model has no name");
  driver::Timing timing;
  driver::Chain chain({}, timing);
  bool good = false;
  driver::onLargeStack([&] { good = load(chain) && chain.compile(); });
  std::string text = chain.diagnostics().print(false);
  if (!good) {
    found = diagnosticsOf(chain.diagnostics());
    return rt::Error{chain.unread() ? rt::ExitCode::io : rt::ExitCode::model, std::move(text)};
  }
  if (chain.programs().empty())
    return rt::Error{rt::ExitCode::model,
                     fmt::format("{} has no experiment; for a program that only steps the network "
                                 "it may be empty: `experiment steps on NETWORK {{}}`",
                                 name)};
  auto code = driver::InMemory::create(chain, {});
  if (!code.ok())
    return code.error();
  made = describe(std::move(code.value()), std::move(text));
  return {};
}

snn_program *compileGuarded(const char *name, const Load &load, snn_error **error) {
  std::unique_ptr<snn_program> made;
  std::vector<snn_error::Diagnostic> found;
  if (!guarded(error, [&] { return compile(name, load, made, found); }) && error && *error)
    (*error)->diagnostics = std::move(found);
  return made.release();
}

const abi::HostProgram *hostOf(const snn_program *program, size_t experiment) {
  const abi::Image &image = *program->code->image();
  return experiment < image.programs.size() ? &image.programs[experiment].host : nullptr;
}

snn_type optionType(const abi::HostOption &option) {
  switch (static_cast<abi::HostConstant::Kind>(option.type)) {
  case abi::HostConstant::Real:
    return SNN_FLOAT64;
  case abi::HostConstant::Int:
    return SNN_INT64;
  case abi::HostConstant::Bool:
    return SNN_UINT8;
  case abi::HostConstant::Text:
    return SNN_TEXT;
  }
  return SNN_FLOAT64;
}

} // namespace

} // namespace snn::embed

const char *snn_version(void) {
  static const std::string text = snn::driver::version();
  return text.c_str();
}

snn_program *snn_compile_file(const char *path, snn_error **error) {
  return snn::embed::compileGuarded(
      path, [&](snn::driver::Chain &chain) { return chain.loadFile(path); }, error);
}

snn_program *snn_compile_text(const char *name, const char *text, snn_error **error) {
  return snn::embed::compileGuarded(
      name, [&](snn::driver::Chain &chain) { return chain.loadText(name, text ? text : ""); },
      error);
}

void snn_program_free(snn_program *program) { delete program; }
const char *snn_program_warnings(const snn_program *program) { return program->warnings.c_str(); }
size_t snn_program_experiments(const snn_program *program) { return program->networks.size(); }

const char *snn_program_experiment(const snn_program *program, size_t experiment) {
  const snn::abi::HostProgram *host = snn::embed::hostOf(program, experiment);
  return host ? host->name.c_str() : nullptr;
}

const snn_network *snn_program_network(const snn_program *program, size_t experiment) {
  return experiment < program->networks.size() ? program->networks[experiment].get() : nullptr;
}

size_t snn_program_options(const snn_program *program, size_t experiment) {
  const snn::abi::HostProgram *host = snn::embed::hostOf(program, experiment);
  return host ? host->options.size() : 0;
}

int snn_program_option(const snn_program *program, size_t experiment, size_t index,
                       snn_option *option) {
  if (index >= snn_program_options(program, experiment))
    return 0;
  const snn::abi::HostOption &o = snn::embed::hostOf(program, experiment)->options[index];
  return snn::embed::fill(option, {0, o.name.c_str(), o.flag.c_str(), o.help.c_str(),
                                   o.unit.empty() ? "1" : o.unit.c_str(), snn::embed::optionType(o),
                                   o.initial / o.unitScale, o.initialText.c_str()});
}

size_t snn_program_params(const snn_program *program, size_t experiment) {
  return experiment < program->params.size() ? program->params[experiment].size() : 0;
}

int snn_program_param(const snn_program *program, size_t experiment, size_t index,
                      snn_param *param) {
  if (index >= snn_program_params(program, experiment))
    return 0;
  const snn::rt::Settable &p = program->params[experiment][index];
  return snn::embed::fill(param, {0, p.path.c_str(), p.unit.empty() ? "1" : p.unit.c_str(),
                                  p.unitScale, snn::embed::typeOf(p.type)});
}
