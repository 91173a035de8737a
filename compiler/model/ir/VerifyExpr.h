// Checks of expressions and bodies, shared by the files of the verifier.
#pragma once

#include "compiler/model/ir/Experiment.h"

#include <fmt/format.h>
#include <set>

namespace snn::model {

using Errors = std::vector<std::string>;

/// What an expression may refer to. A body adds the locals that it defines.
struct Visible {
  std::set<const Var *> self, pre, post;
  const Network *network = nullptr; ///< whose populations and projections an experiment may name
  uint32_t drawSites = 0;
  bool arrays = false; ///< set-up or experiment: texts, arrays, members of populations
  bool cells = false;  ///< an experiment

  template <class Vars> static void add(std::set<const Var *> &to, const Vars &vars) {
    for (const Var &v : vars)
      to.insert(&v);
  }
  const std::set<const Var *> &of(expr::Side side) const {
    return side == expr::Side::Self ? self : side == expr::Side::Pre ? pre : post;
  }
};

/// Errors about one place: `where` begins each line.
class Checker {
public:
  Checker(std::string owner, Errors &e) : where(std::move(owner)), errors(e) {}

  template <class... T> void fail(fmt::format_string<T...> text, T &&...args) {
    errors.push_back(where + ": " + fmt::format(text, std::forward<T>(args)...));
  }
  /// Every part of `e`, which must not be null.
  void expression(expr::ExprPtr e, const Visible &visible, std::string_view what);
  /// The same, and that the value can be given to something of that type.
  void value(expr::ExprPtr e, const expr::Type &want, const Visible &visible, std::string_view what);
  void condition(expr::ExprPtr e, const Visible &visible, std::string_view what);
  void duration(expr::ExprPtr e, const Visible &visible, std::string_view what);
  /// Statements in order; locals that they define are visible to those below.
  void body(const Body &body, Visible visible, std::string_view what);

private:
  std::string where;
  Errors &errors;

  void part(expr::ExprPtr e, const Visible &visible, std::string_view what);
  void call(const expr::Call &c, std::string_view what);
  void dimensions(const expr::Call &c, std::string_view what);
  void assignment(const Stmt &s, const Visible &visible, std::string_view what);
};

} // namespace snn::model
