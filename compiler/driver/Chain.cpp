// The stages up to the solved model.
#include "compiler/driver/ChainImpl.h"

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Sha256.h"
#include "compiler/frontend/parse/Parse.h"
#include "compiler/frontend/sema/Library.h"
#include "compiler/model/elaborate/Elaborate.h"
#include "runtime/abi/ProgramImage.h"

#include <algorithm>
#include <filesystem>
#include <fmt/ranges.h>

namespace snn::driver {

namespace {
parse::Options parseOptions() {
  parse::Options options;
  options.library = sema::libraryModule;
  return options;
}
} // namespace

Chain::Chain(ChainOptions options, Timing &timing) : impl(std::make_unique<Impl>(std::move(options), timing)) {}
Chain::~Chain() = default;

const diag::Engine &Chain::diagnostics() const { return impl->diagnostics; }
std::vector<Compiled> &Chain::programs() { return impl->compiled; }

bool Chain::unread() const {
  return std::ranges::any_of(diagnostics().all(), [](const diag::Diagnostic &d) { return d.id == diag::Id::fileUnreadable && !d.range.valid(); });
}

bool Chain::loadFile(const std::string &path) {
  impl->path = path;
  impl->folder = std::filesystem::absolute(path).parent_path().string();
  impl->ast = impl->timing.measure("parse", [&] {
    return parse::loadProgram(path, parseOptions(), impl->sources, impl->diagnostics);
  });
  return impl->ast.has_value();
}

bool Chain::loadText(const std::string &path, std::string text) {
  impl->path = path;
  impl->ast = impl->timing.measure("parse", [&] {
    return parse::parseProgram(path, std::move(text), parseOptions(), impl->sources, impl->diagnostics);
  });
  return impl->ast.has_value();
}

bool Chain::check() {
  impl->typed = impl->timing.measure("check", [&] { return sema::check(std::move(*impl->ast), impl->diagnostics); });
  if (!impl->typed)
    return false;
  impl->model = impl->timing.measure("elaborate", [&] { return elaborate::run(*impl->typed, impl->diagnostics); });
  if (!impl->model || impl->diagnostics.hasErrors())
    return false;
  for (const model::Program &program : impl->model->programs)
    impl->prove("elaborate", program, model::Stage::Elaborated);
  return impl->chooseExperiment();
}

/// Drops tests, or what is no test, and all experiments but the one that was asked for.
bool Chain::Impl::chooseExperiment() {
  if (options.take != Take::Both)
    std::erase_if(model->programs, [&](const model::Program &p) { return p.experiment.isTest != (options.take == Take::Tests); });
  experiments = static_cast<uint32_t>(model->programs.size());
  if (options.experiment.empty())
    return true;
  std::vector<std::string> names;
  for (const model::Program &program : model->programs)
    names.push_back(program.experiment.name);
  std::erase_if(model->programs, [&](const model::Program &p) { return p.experiment.name != options.experiment; });
  if (!model->programs.empty())
    return true;
  const std::string near = diag::didYouMean(options.experiment, names);
  diagnostics.report(diag::Id::noExperiment, source::Range{}, "the file has no experiment `{}`{}", options.experiment,
                     !near.empty()   ? "; did you mean `" + near + "`?"
                     : names.empty() ? std::string()
                                     : fmt::format("; it has {}", fmt::join(names, ", ")));
  return false;
}

std::string Chain::image() const {
  abi::Image image;
  image.compilerVersion = version();
  image.modelPath = impl->path;
  image.modelFolder = impl->folder;
  image.experiments = impl->experiments;
  std::string imported; // a checkpoint must notice a change of what the model imports
  for (uint32_t k = 1; const source::File *file = impl->sources.file(k); ++k)
    if (file->path() == impl->path)
      image.modelText = std::string(file->text());
    else if (!file->path().starts_with("<")) // not the library
      imported += file->text();
  image.modelSha256 = sha256(image.modelText + imported);
  for (const Compiled &program : impl->compiled)
    image.programs.push_back({program.kernels.tables, program.host, program.cuda});
  abi::ImageWriter writer;
  writer(image);
  return std::move(writer.bytes);
}

} // namespace snn::driver
