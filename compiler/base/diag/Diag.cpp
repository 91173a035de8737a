// The registry of diagnostics and the engine that collects them.
#include "compiler/base/diag/Diag.h"

#include <algorithm>
#include <utility>

namespace snn::diag {

namespace {
struct Registered {
  std::string_view code, title;
  Severity severity;
};
constexpr Registered registry[] = {
#define DIAG(CODE, NAME, SEVERITY, TITLE) {#CODE, TITLE, Severity::SEVERITY},
#include "compiler/base/diag/Diagnostics.def"
#undef DIAG
};

/// Edits that make `a` into `b`: a character more, less or another, or two neighbours swapped.
size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> older, old(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j)
    old[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({old[j] + (a[i] != b[j]), old[j + 1] + 1, row[j] + 1});
      if (i && j && a[i] == b[j - 1] && a[i - 1] == b[j])
        row[j + 1] = std::min(row[j + 1], older[j - 1] + 1);
    }
    older = std::exchange(old, row);
  }
  return old.back();
}
} // namespace

std::string_view code(Id id) { return registry[static_cast<size_t>(id)].code; }
std::string_view title(Id id) { return registry[static_cast<size_t>(id)].title; }
Severity severity(Id id) { return registry[static_cast<size_t>(id)].severity; }

Diagnostic &Engine::report(Id id, source::Range range, std::string message) {
  constexpr size_t mostKept = 1000;
  Diagnostic made{id, range, std::move(message), {}, {}, {}};
  const bool isNew = seen.insert(fmt::format("{} {} {} {}", static_cast<int>(id), range.file, range.begin, made.message)).second;
  if (!isNew)
    return dropped = std::move(made);
  errorCount += severity(id) == Severity::Error;
  if (list.size() >= mostKept) {
    ++beyond;
    return dropped = std::move(made);
  }
  list.push_back(std::move(made));
  return list.back();
}

namespace {
bool sameButForCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}
} // namespace

std::string didYouMean(std::string_view name, const std::vector<std::string> &candidates) {
  std::string best;
  size_t least = 2 * (std::max<size_t>(1, name.size() / 3) + 1); // of equals the first is taken: declared names come before built-in ones
  const bool index = name.size() == 1 && !(name[0] >= 'a' && name[0] <= 'z'); // `mv` is mV, v is V; but a current I is no index i
  for (const std::string &candidate : candidates)
    if (!index && candidate != name && sameButForCase(candidate, name))
      return candidate;
  if (name.size() < 2 || name.size() > 256) // one letter is near to any other
    return best;
  for (const std::string &candidate : candidates) {
    if (candidate.size() > 256 || candidate == name)
      continue;
    size_t distance = editDistance(name, candidate);
    const bool shorter = distance > 1 && candidate.size() > 1 && name.starts_with(candidate); // LIFExp for LIFExq, not LIF
    if (shorter || (candidate.size() > 1 && candidate.starts_with(name)))                    // tau_m for tau, not tan
      distance = std::min<size_t>(distance, 1);
    else if (name.size() == 2 && !name.starts_with(candidate)) // one letter is half of the name: V for Vm, but no `dt` for da
      continue;
    const size_t rank = 2 * distance + shorter;
    if (rank < least && distance < name.size()) {
      least = rank;
      best = candidate;
    }
  }
  return best;
}

} // namespace snn::diag
