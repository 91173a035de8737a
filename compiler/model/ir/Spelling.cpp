// The tables of spellings.
#include "compiler/model/ir/Spelling.h"

namespace snn::model {

std::string_view spelling(VarKind kind) {
  static constexpr std::string_view text[] = {"param", "state", "input", "let", "data", "weight", "const", "local", "option", "signal", "derived", "noise"};
  return text[static_cast<size_t>(kind)];
}

std::string_view spelling(Storage storage) {
  static constexpr std::string_view text[] = {"undecided", "nowhere", "uniform", "per cell", "per source", "per target", "per edge"};
  return text[static_cast<size_t>(storage)];
}

std::string_view spelling(AssignOp op) {
  static constexpr std::string_view text[] = {
#define ASSIGN_OP(NAME, SPELLING) SPELLING,
#include "compiler/model/ir/Stmts.def"
  };
  return text[static_cast<size_t>(op)];
}

std::string_view spelling(PatternKind kind) {
  static constexpr std::string_view text[] = {"all_to_all", "one_to_one", "random", "fixed_in", "fixed_out", "fixed_total"};
  return text[static_cast<size_t>(kind)];
}

std::string_view spelling(Method method) {
  static constexpr std::string_view text[] = {
#define METHOD(NAME, SPELLING) SPELLING,
#include "compiler/model/solve/Methods.def"
#undef METHOD
  };
  return text[static_cast<size_t>(method)];
}

} // namespace snn::model
