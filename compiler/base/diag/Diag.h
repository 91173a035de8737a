// Diagnostics: registered codes, collected in order, printed with the source line and the range marked.
#pragma once

#include "compiler/base/source/Source.h"

#include <fmt/core.h>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace snn::diag {

enum class Severity : uint8_t { Error, Warning };

/// One enumerator a registered diagnostic: diag::Id::unknownName is E0201.
enum class Id : uint16_t {
#define DIAG(CODE, NAME, SEVERITY, TITLE) NAME,
#include "compiler/base/diag/Diagnostics.def"
#undef DIAG
};

std::string_view code(Id id);
std::string_view title(Id id);
Severity severity(Id id);

struct Note {
  source::Range range; ///< may be without a place
  std::string text;
};
/// Text that would mend it: replaces `range`.
struct FixIt {
  source::Range range;
  std::string text;
};
struct Diagnostic {
  Id id{};
  source::Range range;
  std::string message;
  std::vector<Note> notes;
  std::vector<FixIt> fixes;
  std::string help; ///< how to mend it, in words

  Diagnostic &note(source::Range where, std::string text) {
    notes.push_back({where, std::move(text)});
    return *this;
  }
  Diagnostic &fix(source::Range where, std::string text) {
    fixes.push_back({where, std::move(text)});
    return *this;
  }
  Diagnostic &mend(std::string text) {
    help = std::move(text);
    return *this;
  }
};

/// Collects diagnostics. The same message at the same place is kept once; of a flood only the first are kept, the rest
/// is counted.
class Engine {
public:
  explicit Engine(const source::Manager &m) : manager(m) {}
  /// Reports; the result may be extended by notes until the next report.
  Diagnostic &report(Id id, source::Range range, std::string message);
  template <class... T>
  Diagnostic &report(Id id, source::Range range, fmt::format_string<T...> text, T &&...args) {
    return report(id, range, fmt::format(text, std::forward<T>(args)...));
  }
  /// Adds a note to all diagnostics but the first `from` that stand outside of `where`: they were reported while something
  /// was checked for the use at `where`.
  void noteFrom(size_t from, source::Range where, const std::string &text) {
    for (size_t k = from; k < list.size(); ++k)
      if (const source::Range &r = list[k].range; r.file != where.file || r.begin < where.begin || r.end > where.end)
        list[k].note(where, text);
  }
  size_t errors() const { return errorCount; }
  bool hasErrors() const { return errorCount != 0; }
  const std::vector<Diagnostic> &all() const { return list; }
  const source::Manager &sources() const { return manager; }
  /// All of them in the order of places, at most `limit` in full, with a count of the rest.
  std::string print(bool colour, size_t limit = 100) const;

private:
  const source::Manager &manager;
  std::vector<Diagnostic> list;
  std::unordered_set<std::string> seen;
  Diagnostic dropped;
  size_t errorCount = 0, beyond = 0;
};

/// One diagnostic as text.
std::string print(const Diagnostic &diagnostic, const source::Manager &sources, bool colour);

/// The candidate nearest to `name` in edit distance, or "" when none is near.
std::string didYouMean(std::string_view name, const std::vector<std::string> &candidates);

/// The page about a code ("E0301"), or "" for an unknown one.
std::string_view explain(std::string_view code);

} // namespace snn::diag
