// Equations, thresholds and resets as textbooks and other simulators write them.
#include "compiler/frontend/parse/SlipStatement.h"

namespace snn::parse::slips {

/// dV/dt = …, d(V)/dt = …, tau * dV/dt = …
Found derivative(const Statement &s) {
  for (size_t k = 0; k <= s.at; ++k) {
    const bool bracket = s.word(k) == "d" && s.type(k + 1) == L::LP && s.type(k + 2) == L::NAME && s.type(k + 3) == L::RP;
    const size_t slash = bracket ? k + 4 : k + 1;
    if (s.type(k) != L::NAME || !s.word(k).starts_with('d') || s.type(slash) != L::SLASH || s.word(slash + 1) != "dt" ||
        s.type(slash + 2) != L::ASSIGN || s.at > slash)
      continue;
    const std::string name(bracket ? s.word(k + 2) : s.word(k).substr(1));
    if (name.empty())
      continue;
    const std::string factor = k ? s.text(0, k) + " " : "";
    size_t end = slash + 3; // without a unit behind it, `: volt`
    while (end < s.size() && s.type(end) != L::COLON)
      ++end;
    return Slip{s.range(k, slash + 1), "a derivative is not written `" + s.text(k, slash + 2) + "`",
                "a derivative is written with a prime: `" + factor + name + "' = " + s.text(slash + 3, end) + "`", {}};
  }
  return std::nullopt;
}

/// each 10 ms { … }
Found eachInterval(const Statement &s) {
  if (s.rule == P::RuleMemberBlock && s.at == 1 && s.type(0) == L::EACH && s.type(1) == L::NUMBER)
    return Slip{s.range(0, 0), "`each` is followed by `step`", "write `every " + s.text(1, s.size()) + " { … }`", {}};
  return std::nullopt;
}

/// C * V' + g * V = I: what stands beside the derivative goes to the right.
Found sumOfTerms(const Statement &s) {
  const bool plus = s.type(s.at) == L::PLUS;
  if (s.rule != P::RuleMemberBlock || (!plus && s.type(s.at) != L::MINUS) || s.at == 0 || s.type(s.at - 1) != L::PRIMED)
    return std::nullopt;
  size_t sign = s.at;
  while (sign < s.size() && s.type(sign) != L::ASSIGN)
    ++sign;
  for (size_t k = s.at; k < sign; ++k)
    if (s.type(k) == L::PRIMED) // two unknowns
      return std::nullopt;
  if (sign + 1 >= s.size())
    return std::nullopt;
  const bool zero = s.word(sign + 1) == "0" && s.size() <= sign + 3; // with its unit
  const std::string moved = std::string(plus ? (zero ? "-(" : " - (") : zero ? "" : " + (") + s.text(s.at + 1, sign) + (zero && !plus ? "" : ")");
  return Slip{s.range(s.at, s.at), "the derivative stands alone on the left, or times a factor",
              "write `" + s.text(0, s.at) + " = " + (zero ? "" : s.text(sign + 1, s.size())) + moved + "`", {}};
}

/// threshold, reset, refractory, spike if, when: all that a spike has to do with.
Found spikeMember(const Statement &s) {
  if (s.rule != P::RuleMemberBlock || s.size() == 0)
    return std::nullopt;
  const std::string_view first = s.word(0);
  const std::string rest = s.after(0);
  const std::string none = "nothing here begins with `" + std::string(first) + "`";
  const bool refractory = first.starts_with("refractory");
  if ((first == "threshold" || first == "reset" || refractory) && s.at > 1 && s.type(1) != L::ASSIGN && s.type(1) != L::COLON)
    return std::nullopt; // a name of the model's own
  if (first == "threshold")
    return Slip{s.range(0, 0), none,
                std::string("a threshold is written `spike when ") + (s.has(isComparison) ? "" : "V > ") + rest + " { … }`", {}};
  if (first == "reset")
    return Slip{s.range(0, 0), none, "what a spike does to the cell stands in its body: `spike when … { " + rest + " }`", {}};
  if (refractory)
    return Slip{s.range(0, 0), none, "a refractory period stands in the body of the spike: `hold V for " + rest + "`", {}};
  if (s.type(0) == L::SPIKE && s.at == 1)
    return Slip{s.range(1, 1), "expected `when` after `spike`, found `" + std::string(s.word(1)) + "`",
                "write `spike when " + rest + "`", {}};
  if (s.type(0) == L::WHEN && s.at == 1)
    return Slip{s.range(0, 0), none, "a threshold is written `spike when " + rest + " { … }`", {}};
  if (s.type(0) == L::IF)
    return Slip{s.range(0, 0), "`if` stands in a body, not among the members",
                "a threshold is written `spike when " + rest + " { … }`, another condition `each step { if " + rest + " { … } }`", {}};
  return std::nullopt;
}

/// V = … where only declarations may stand.
Found assignment(const Statement &s) {
  const bool defines = s.type(1) == L::COLON && s.type(2) == L::ASSIGN;
  if (s.at > 1 || !isWord(s.type(0)) || (s.type(1) != L::ASSIGN && !defines))
    return std::nullopt;
  if (s.begins(0, s.rule)) // `const = 3` lacks its name
    return std::nullopt;
  const std::string name(s.word(0)), value = s.after(0), written = name + " = " + value;
  const std::string message = "`" + name + " " + (defines ? ":=" : "=") + "` begins nothing here";
  switch (s.rule) {
  case P::RuleMemberBlock:
    if (s.type(2) == L::NUMBER && s.size() <= 4) // with its unit
      return Slip{s.range(0, 1), message, "a constant is written `param " + written + "`, what changes `state " + written + "`, in each step `each step { " + written + " }`", {}};
    return Slip{s.range(0, 1), message,
                "an equation is written `" + name + "' = …`, what happens in each step `each step { " + written + " }`" +
                    (s.mentions(name, 2) ? "" : ", a name for a value `let " + written + "`"), {}};
  case P::RuleNetBlock:
    return Slip{s.range(0, 1), message,
                s.type(3) == L::LB || s.type(3) == L::LP ? "cells are declared `population " + written + "`"
                                                         : "write `param " + written + "` or `let " + written + "`", {}};
  case P::RuleModule:
    return Slip{s.range(0, 1), message, "write `const " + written + "`", {}};
  default:
    return defines ? Found(Slip{s.range(1, 2), "an assignment is not written `:=`", "write `" + written + "`", {}}) : std::nullopt;
  }
}

} // namespace snn::parse::slips
