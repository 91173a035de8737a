// Models and their members as source text.
#include "compiler/frontend/ast/Printer.h"

namespace snn::ast {

void Printer::solver(const ModelMember &m) {
  out += "solver ";
  const bool block = m.solvers.size() != 1 || !m.solvers[0].states.empty();
  if (block) {
    out.pop_back();
    open();
  }
  for (const SolverItem &item : m.solvers) {
    if (block) {
      begin("");
      commaList(item.states);
      out += " : ";
    }
    out += item.solver.text;
    printArgs(out, item.args);
    if (block)
      end();
  }
  if (block)
    close();
}

void Printer::member(const ModelMember &m) {
  static constexpr std::string_view kinds[] = {"param ", "state ", "input ", "data ", "weight "};
  if (m.kind == MemberKind::Fn && !m.isOverride)
    return function(m.function);
  if (!m.variables.empty())
    doc(m.variables[0].doc);
  if (m.kind == MemberKind::Fn)
    doc(m.function.doc);
  begin(m.isOverride ? "override " : "");
  switch (m.kind) {
  case MemberKind::Variables: out += kinds[static_cast<size_t>(m.variablesKind)]; commaList(m.variables); break;
  case MemberKind::Let: out += "let "; commaList(m.variables); break;
  case MemberKind::Const: out += "const "; commaList(m.variables); break;
  case MemberKind::Fn: {
    Printer inner;
    inner.depth = depth;
    Function plain = m.function;
    plain.doc.clear();
    inner.function(plain);
    out += std::string_view(inner.out).substr(static_cast<size_t>(depth) * 2);
    return;
  }
  case MemberKind::Equation:
    if (m.factor) {
      printExpr(out, m.factor, Level::Postfix);
      out += " * ";
    }
    out.append(m.name.text).append("' = ");
    expr(m.value);
    break;
  case MemberKind::Spike: word("spike when ", m.value); break;
  case MemberKind::OnEvent: out.append("on ").append(m.name.text); break;
  case MemberKind::EachStep: out += "each step"; break;
  case MemberKind::Every: word("every ", m.value); break;
  case MemberKind::Solver: solver(m); break;
  case MemberKind::Surrogate:
    out.append("surrogate ").append(m.name.text);
    if (!m.solvers.empty())
      printArgs(out, m.solvers[0].args);
    break;
  case MemberKind::Coupling: expr(m.place); word(spelling(m.op), m.value); break;
  }
  if (m.hasBody)
    block(m.body);
  end();
}

void Printer::model(const Model &m) {
  doc(m.doc);
  begin(ast::spelling(m.kind));
  out.append(" ").append(m.name.text);
  if (!m.extends.names.empty())
    out += " extends " + m.extends.text();
  open();
  for (const ModelMember &x : m.members)
    member(x);
  close();
  end();
}

} // namespace snn::ast
