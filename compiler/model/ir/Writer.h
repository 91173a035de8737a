// Indented lines and what both printers of the model IR write: variables and braces.
#pragma once

#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Spelling.h"

#include <fmt/format.h>

namespace snn::model {

class Writer {
public:
  std::string out;

  template <class... T> void line(fmt::format_string<T...> text, T &&...args) {
    out.append(static_cast<size_t>(depth) * 2, ' ');
    fmt::format_to(std::back_inserter(out), text, std::forward<T>(args)...);
    out += '\n';
  }
  /// A line that ends in " {" and indents what follows.
  template <class... T> void open(fmt::format_string<T...> text, T &&...args) {
    line("{} {{", fmt::format(text, std::forward<T>(args)...));
    ++depth;
  }
  void close(std::string_view more = {}) {
    --depth;
    line("}}{}", more);
  }
  /// "} otherwise {"
  void turn(std::string_view word) {
    --depth;
    line("}} {} {{", word);
    ++depth;
  }

private:
  int depth = 0;
};

/// `items`, each printed by `text`, with ", " between.
template <class Items, class F> std::string joined(const Items &items, F &&text, std::string_view between = ", ") {
  std::string out;
  for (const auto &item : items) {
    out += out.empty() ? "" : between;
    out += text(item);
  }
  return out;
}

inline std::string typeOf(const Var &var) { return expr::printType(var.type, var.unit); }

} // namespace snn::model
