// What the parser's tests share: parse a text, count its errors.
#pragma once

#include "compiler/frontend/ast/Print.h"
#include "compiler/frontend/parse/Parse.h"

#include <gtest/gtest.h>
#include <map>

namespace snn::test {

/// One compilation of a text or a file.
struct Parsed {
  source::Manager sources;
  diag::Engine diagnostics{sources};
  std::optional<ast::Program> program;

  static parse::Options options() {
    parse::Options o;
    o.library = [](const std::string &name) -> std::optional<std::string> {
      return name.starts_with("std.") ? std::optional<std::string>("") : std::nullopt;
    };
    return o;
  }
  /// `path`: where the text stands, for what it imports.
  static std::unique_ptr<Parsed> text(std::string text, const std::string &path = "model.snn") {
    auto p = std::make_unique<Parsed>();
    p->program = parse::parseProgram(path, std::move(text), options(), p->sources, p->diagnostics);
    return p;
  }
  static std::unique_ptr<Parsed> file(const std::string &path) {
    auto p = std::make_unique<Parsed>();
    p->program = parse::loadProgram(path, options(), p->sources, p->diagnostics);
    return p;
  }
  std::string printed() const { return diagnostics.print(false); }
  size_t errors() const { return diagnostics.errors(); }
  /// How often a code was reported.
  size_t count(diag::Id id) const {
    size_t n = 0;
    for (const diag::Diagnostic &d : diagnostics.all())
      n += d.id == id;
    return n;
  }
  const ast::Module &module() const { return program->modules.back(); }
};

} // namespace snn::test
