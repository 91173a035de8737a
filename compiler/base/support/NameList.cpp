// Splitting at commas, and the message about a name that does not exist.
#include "compiler/base/support/NameList.h"

#include "compiler/base/diag/Diag.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::support {

std::optional<std::string> readNames(std::string_view kind, std::string_view text, const std::vector<std::string> &known,
                                     std::vector<std::string> &out) {
  for (size_t at = 0; at < text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string name(text.substr(at, comma - at));
    at = comma + 1;
    if (std::ranges::find(known, name) == known.end()) {
      const std::string near = diag::didYouMean(name, known);
      const std::string help = near.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : fmt::format("did you mean `{}`?", near);
      return fmt::format("there is no {} `{}`; {}", kind, name, help);
    }
    out.push_back(name);
  }
  return std::nullopt;
}

std::vector<std::string> arguments(int argc, char **argv) {
  std::vector<std::string> out;
  for (int k = 1; k < argc; ++k) {
    out.emplace_back(argv[k]);
    if (out.back().size() > 3 && out.back().starts_with("--") && out.back().ends_with('=')) {
      out.back().pop_back();
      out.emplace_back();
    }
  }
  return out;
}

} // namespace snn::support
