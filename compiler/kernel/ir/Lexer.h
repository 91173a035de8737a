// Characters of the textual Kernel IR: the cursor that the parser of records and of bodies share.
#pragma once

#include "compiler/kernel/ir/Parse.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace snn::kernel::text {

/// Thrown inside the parser only; `parse` turns it into its result.
struct Failure {
  ParseError error;
};

class Lexer {
public:
  explicit Lexer(std::string_view t) : text(t) {}

  /// Skips blanks and, at the end of a line, a comment; newlines only where `lines` is set.
  void skip(bool lines = false);
  bool atEnd();                      ///< of the text
  bool atLineEnd();
  void endLine();
  bool accept(std::string_view token);
  void expect(std::string_view token);
  bool peek(char c);
  bool sees(std::string_view token); ///< without taking it
  std::string_view word();           ///< letters, digits, '_'
  std::string string();              ///< "…"
  std::string_view number();         ///< as far as it may belong to a number
  double real();
  int64_t integer();
  uint32_t count();                  ///< or `none`
  [[noreturn]] void fail(std::string message) const;
  /// The comment that was skipped last.
  std::string comment;

private:
  std::string_view text;
  size_t at = 0;
  int line = 1;
};

} // namespace snn::kernel::text
