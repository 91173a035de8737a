// Mangling of names, and of what stands in comments.
#include "compiler/codegen/cuda/Names.h"

namespace snn::codegen::cuda {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }

} // namespace

std::string mangled(std::string_view name) {
  constexpr size_t longest = 40;
  std::string out;
  for (const char c : name) {
    const char kept = isDigit(c) || isLower(c) ? c : isUpper(c) ? static_cast<char>(c - 'A' + 'a') : '_';
    if (kept != '_' || (!out.empty() && out.back() != '_'))
      out += kept;
    if (out.size() == longest)
      break;
  }
  while (!out.empty() && out.back() == '_')
    out.pop_back();
  return out.empty() ? "unnamed" : out;
}

std::string remark(std::string_view text) {
  constexpr std::string_view punctuation = " ,.:;()-";
  std::string out;
  for (const char c : text)
    out += isDigit(c) || isLower(c) || isUpper(c) || punctuation.find(c) != std::string_view::npos ? c : '_';
  return out;
}

std::string lineOf(std::string_view where) {
  const size_t column = where.rfind(':');
  const size_t line = column == std::string_view::npos || column == 0 ? column : where.rfind(':', column - 1);
  if (line == std::string_view::npos)
    return {};
  const std::string_view path = where.substr(0, line), file = path.substr(path.rfind('/') + 1);
  return mangled(file) + " line " + mangled(where.substr(line + 1, column - line - 1));
}

} // namespace snn::codegen::cuda
