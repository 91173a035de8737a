// Text to syntax tree. The only folder that sees antlr4.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/frontend/ast/Ast.h"

#include <functional>
#include <optional>
#include <string>

namespace snn::parse {

struct Options {
  /// Text of a module of the standard library by its dotted path ("std.neurons"), or nothing.
  std::function<std::optional<std::string>(const std::string &module)> library;
  size_t maxErrors = 100; ///< syntax errors after which a file is given up
};

/// Limits of a program's text, named in docs/language.
inline constexpr int maxNesting = 256;       ///< brackets, prefix operators, `^` and `else` that are open at once
inline constexpr size_t maxTokens = 400'000; ///< words, signs and line ends of one file
inline constexpr size_t maxHoles = 10'000;   ///< `{…}` in the texts of one file
inline constexpr int maxImports = 256; ///< files of one program

/// Reads the file and all that it imports. Nothing if there is an error.
std::optional<ast::Program> loadProgram(const std::string &path, const Options &options,
                                        source::Manager &sources, diag::Engine &diagnostics);
/// The same for text in memory; `path` stands in messages and is where relative imports are looked up.
std::optional<ast::Program> parseProgram(const std::string &path, std::string text, const Options &options,
                                         source::Manager &sources, diag::Engine &diagnostics);

} // namespace snn::parse
