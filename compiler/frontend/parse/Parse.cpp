// The parse stage: loads a file and what it imports, imports first, because they may declare units.
#include "compiler/frontend/parse/Parse.h"

#include "compiler/base/units/Units.h"
#include "compiler/frontend/parse/Builder.h"
#include "compiler/frontend/parse/Errors.h"

#include "SnnLexer.h"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

namespace snn::parse {

namespace {

namespace fs = std::filesystem;

/// ANTLR's prediction caches are shared by all parsers of a process.
std::mutex &antlrLock() {
  static std::mutex lock;
  return lock;
}

class Loader {
public:
  Loader(const Options &o, source::Manager &s, diag::Engine &d) : options(o), sources(s), diagnostics(d) {
    program.arena = std::make_shared<support::Arena>();
  }

  std::optional<ast::Program> finish() {
    if (diagnostics.hasErrors())
      return std::nullopt;
    return std::move(program);
  }

  /// Number of the module, or npos after an error. `key` identifies the file among imports.
  size_t module(const std::string &key, const source::File *file, const source::LoadError &error, source::Range from);
  source::Range none{};
  source::Manager &manager() { return sources; }

private:
  const Options &options;
  source::Manager &sources;
  diag::Engine &diagnostics;
  ast::Program program;
  std::map<std::string, size_t> done;
  std::vector<std::string> open; ///< being loaded: a cycle comes back to one of them
  std::map<size_t, UnitNames> declaredUnits;

  void reportLoad(const std::string &path, const source::File *file, const source::LoadError &error, source::Range from);
  std::vector<ast::Import> imports(const source::File &file);
  size_t load(const ast::Import &import, const std::string &importer);
  bool parse(const source::File &file, const UnitNames &units, ast::Module &out);
  SnnParser::ModuleContext *parseModule(SnnParser &parser, antlr4::CommonTokenStream &stream, const TokenList &tokens,
                                        size_t mostErrors);
};

/// Whether the file is an executable, as snnc makes them.
bool isProgram(const std::string &path) {
  char begin[4] = {};
  std::ifstream in(path, std::ios::binary);
  return in.read(begin, sizeof begin) && std::string_view(begin, sizeof begin) == "\x7f" "ELF";
}

void Loader::reportLoad(const std::string &path, const source::File *file, const source::LoadError &error,
                        source::Range from) {
  using K = source::LoadError;
  const source::Range at = file ? source::Range{file->id(), error.byte, error.byte + 1} : from;
  if ((error.kind == K::NotUtf8 || error.kind == K::HasNul || error.kind == K::TooBig) && isProgram(path)) {
    diagnostics.report(diag::Id::fileNotText, from, "`{}` is a finished program, not a model", path)
        .mend(fmt::format("a program is started by itself: `{}{}`", path.find('/') == std::string::npos ? "./" : "", path));
    return;
  }
  switch (error.kind) {
  case K::NotUtf8:
    diagnostics.report(diag::Id::fileNotText, at, "`{}` is not UTF-8 text: byte {} begins no character", path, error.byte);
    return;
  case K::HasNul:
    diagnostics.report(diag::Id::fileNotText, at, "`{}` is not text: it holds a zero byte at position {}", path, error.byte);
    return;
  case K::TooBig:
    diagnostics.report(diag::Id::fileTooBig, at, "`{}` has {}, the largest source file has {}", path, error.detail,
                       source::maxFileSize);
    return;
  case K::NotFound:
    diagnostics.report(from.valid() ? diag::Id::importNotFound : diag::Id::fileUnreadable, at, "there is no file `{}`", path);
    return;
  case K::NotAFile:
  case K::Unreadable:
  case K::None:
    diagnostics.report(diag::Id::fileUnreadable, at, "cannot read `{}`: {}", path, error.detail);
    return;
  }
}

/// `import` lines are found by the tokens alone, before the grammar is asked.
std::vector<ast::Import> Loader::imports(const source::File &file) {
  std::vector<ast::Import> found;
  uint32_t at = 0;
  for (uint32_t line = 1; line <= file.lines(); ++line, at = 0) {
    std::string_view content = file.line(line);
    const size_t first = content.find_first_not_of(" \t");
    if (first == std::string_view::npos || !content.substr(first).starts_with("import"))
      continue;
    at = static_cast<uint32_t>(first) + 6;
    std::string_view rest = content.substr(at);
    const size_t begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos || begin == 0)
      continue;
    rest.remove_prefix(begin);
    at += static_cast<uint32_t>(begin);
    ast::Import import;
    const uint32_t from = file.lineStart(line) + at;
    if (rest.starts_with('"')) {
      const size_t end = rest.find('"', 1);
      if (end == std::string_view::npos)
        continue; // the lexer reports it
      import.file = std::string(rest.substr(1, end - 1));
      import.range = {file.id(), from, from + static_cast<uint32_t>(end) + 1};
    } else {
      const size_t end = std::min(rest.find_first_of(" \t#;,=+-*/(){}[]:\""), rest.size());
      import.range = {file.id(), from, from + static_cast<uint32_t>(end)};
      import.path.range = import.range;
      for (size_t k = 0; k <= end;) {
        const size_t dot = std::min(rest.find('.', k), end);
        const uint32_t b = from + static_cast<uint32_t>(k);
        import.path.names.push_back({program.arena->copy(rest.substr(k, dot - k)),
                                     {file.id(), b, b + static_cast<uint32_t>(dot - k)}});
        k = dot + 1;
      }
    }
    found.push_back(std::move(import));
  }
  return found;
}

size_t Loader::load(const ast::Import &import, const std::string &importer) {
  source::LoadError error;
  if (!import.file.empty()) {
    const fs::path path = fs::path(importer).parent_path() / import.file;
    if (fs::path(import.file).is_absolute()) {
      diagnostics.report(diag::Id::importNotFound, import.range, "an import is relative to the file it stands in");
      return SIZE_MAX;
    }
    const std::string key = path.lexically_normal().string();
    if (const auto it = done.find(key); it != done.end())
      return it->second;
    if (std::ranges::find(open, key) != open.end())
      return module(key, nullptr, error, import.range);
    const source::File *file = sources.load(key, error);
    return module(key, file, error, import.range);
  }
  const std::string name = import.path.text();
  if (const auto it = done.find(name); it != done.end())
    return it->second;
  if (std::ranges::find(open, name) != open.end())
    return module(name, nullptr, error, import.range);
  std::optional<std::string> text = options.library ? options.library(name) : std::nullopt;
  if (name.empty()) {
    diagnostics.report(diag::Id::importNotFound, import.range, "this import names no file");
    return SIZE_MAX;
  }
  if (!text) {
    diagnostics.report(diag::Id::importNotFound, import.range, "there is no library module `{}`", name)
        .mend("the library has std.neurons, std.synapses, std.rules, std.encoders and std.networks; a file of your own is imported as "
              "`import \"file.snn\"`");
    return SIZE_MAX;
  }
  const source::File *file = sources.add("<" + name + ">", std::move(*text), error);
  return module(name, file, error, import.range);
}

size_t Loader::module(const std::string &key, const source::File *file, const source::LoadError &error,
                      source::Range from) {
  if (const auto again = std::ranges::find(open, key); again != open.end()) {
    std::string cycle;
    for (auto it = again; it != open.end(); ++it)
      cycle += *it + " -> ";
    diagnostics.report(diag::Id::importCycle, from, "these imports lead back to themselves: {}{}", cycle, key);
    return SIZE_MAX;
  }
  if (!file || error.kind != source::LoadError::None) {
    reportLoad(key, file, error, from);
    return SIZE_MAX;
  }
  if (program.modules.size() + open.size() >= maxImports) {
    diagnostics.report(diag::Id::importCycle, from, "more than {} files in one program", maxImports);
    return SIZE_MAX;
  }
  open.push_back(key);
  ast::Module out;
  out.file = file->id();
  out.path = file->path();
  out.imports = imports(*file);
  UnitNames units;
  for (const std::string &name : units::names())
    units.insert(name);
  units.insert("degC");
  for (ast::Import &import : out.imports) {
    import.module = load(import, file->path());
    if (import.module == SIZE_MAX)
      continue;
    for (const ast::UnitDecl &unit : program.modules[import.module].units)
      units.insert(std::string(unit.name.text));
  }
  const bool good = parse(*file, units, out);
  open.pop_back();
  if (!good)
    return SIZE_MAX;
  program.modules.push_back(std::move(out));
  return done[key] = program.modules.size() - 1;
}

/// Units declared in the file itself count from the first line on.
void ownUnits(const source::File &file, UnitNames &units) {
  for (uint32_t line = 1; line <= file.lines(); ++line) {
    std::string_view content = file.line(line);
    const size_t first = content.find_first_not_of(" \t");
    if (first == std::string_view::npos || !content.substr(first).starts_with("unit "))
      continue;
    content.remove_prefix(std::min(content.find_first_not_of(" \t", first + 5), content.size()));
    const size_t end = std::min(content.find_first_of(" \t="), content.size());
    if (end && content.find('=') != std::string_view::npos)
      units.insert(std::string(content.substr(0, end)));
  }
}

/// First with the fast prediction, which decides nearly always and gives up at the first error; then, if it did, with
/// full context, reporting.
SnnParser::ModuleContext *Loader::parseModule(SnnParser &parser, antlr4::CommonTokenStream &stream, const TokenList &tokens,
                                              size_t mostErrors) {
  static size_t parses = 0; // guarded by antlrLock
  auto *simulator = parser.getInterpreter<antlr4::atn::ParserATNSimulator>();
  if (++parses % 1000 == 0) // the cache of decisions grows with the variety of programs
    simulator->clearDFA();
  parser.removeErrorListeners();
  simulator->setPredictionMode(antlr4::atn::PredictionMode::SLL);
  parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
  try {
    return parser.module();
  } catch (const antlr4::ParseCancellationException &) {
    stream.seek(0);
    parser.reset();
  }
  simulator->setPredictionMode(antlr4::atn::PredictionMode::LL);
  parser.setErrorHandler(std::make_shared<ErrorStrategy>(tokens, diagnostics, mostErrors));
  return parser.module();
}

bool Loader::parse(const source::File &file, const UnitNames &imported, ast::Module &out) {
  const size_t before = diagnostics.errors();
  UnitNames units = imported;
  ownUnits(file, units);
  const std::lock_guard hold(antlrLock());
  try {
    TokenList tokens(file, file.text(), 0, units, diagnostics);
    if (!tokens.usable())
      return false;
    antlr4::CommonTokenStream stream(&tokens);
    SnnParser parser(&stream);
    SnnParser::ModuleContext *tree = parseModule(parser, stream, tokens, before + options.maxErrors);
    if (diagnostics.errors() != before)
      return false;
    Builder(tokens, *program.arena, diagnostics).module(tree, out);
  } catch (const antlr4::ParseCancellationException &) {
    diagnostics.report(diag::Id::tooManySyntaxErrors, {file.id(), 0, 1}, "this file is given up after {} syntax errors",
                       options.maxErrors);
  } catch (const std::exception &e) { // ANTLR's own: nothing of it leaves this folder
    diagnostics.report(diag::Id::syntax, {file.id(), 0, 1}, "this file cannot be parsed ({})", e.what());
  } catch (...) { // whatever a library may throw
    diagnostics.report(diag::Id::syntax, {file.id(), 0, 1}, "this file cannot be parsed");
  }
  return diagnostics.errors() == before;
}

} // namespace

std::optional<ast::Program> loadProgram(const std::string &path, const Options &options, source::Manager &sources,
                                        diag::Engine &diagnostics) {
  Loader loader(options, sources, diagnostics);
  source::LoadError error;
  const source::File *file = sources.load(path, error);
  loader.module(fs::path(path).lexically_normal().string(), file, error, {});
  return loader.finish();
}

std::optional<ast::Program> parseProgram(const std::string &path, std::string text, const Options &options,
                                         source::Manager &sources, diag::Engine &diagnostics) {
  Loader loader(options, sources, diagnostics);
  source::LoadError error;
  const source::File *file = sources.add(path, std::move(text), error);
  loader.module(path, file, error, {});
  return loader.finish();
}

} // namespace snn::parse
