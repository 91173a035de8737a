// Spellings of the syntax tree.
#include "compiler/frontend/ast/Ast.h"

namespace snn::ast {

std::string Path::text() const {
  std::string out;
  for (const Name &n : names)
    out.append(out.empty() ? "" : ".").append(n.text);
  return out;
}

std::string_view spelling(BinaryOp op) {
  static constexpr std::string_view text[] = {"or", "and", "==", "!=", "<", "<=", ">",  ">=",
                                              "crosses", "+", "-", "*", "/", "%", "^"};
  return text[static_cast<size_t>(op)];
}

std::string_view spelling(ModelKind kind) {
  static constexpr std::string_view text[] = {"neuron", "encoder", "synapse", "rule"};
  return text[static_cast<size_t>(kind)];
}

} // namespace snn::ast
