// Declarations, members and statements as source text.
#include "compiler/frontend/ast/Print.h"

#include "compiler/frontend/ast/PrintExpr.h"

#include <cstdlib>

namespace snn::ast {

namespace {

class Printer {
public:
  std::string out;
  void module(const Module &m);

private:
  int depth = 0;

  void begin(std::string_view text) { out.append(static_cast<size_t>(depth) * 2, ' ').append(text); }
  void end() { out += '\n'; }
  void expr(ExprPtr e) { printExpr(out, e); }
  void word(std::string_view text, ExprPtr e) {
    out += text;
    expr(e);
  }
  void doc(const std::string &text);
  void variable(const Variable &v);
  void variables(std::string_view keyword, const std::vector<Variable> &list, bool documented);
  void function(const Function &f);
  void open() {
    out += " {\n";
    ++depth;
  }
  void close() {
    --depth;
    begin("}");
  }
  void block(const Block &b);
  void conditional(const Stmt &s);
  void statement(const Stmt &s);
  void bareStatement(const Stmt &s);
  template <class T> void commaList(const std::vector<T> &list);
  void model(const Model &m);
  void member(const ModelMember &m);
  void solver(const ModelMember &m);
  void network(const std::vector<NetMember> &members);
  void netMember(const NetMember &m);
  void connect(const Connect &c);
  void experiment(const Experiment &e);
};

std::string_view spelling(AssignOp op) {
  static constexpr std::string_view text[] = {" = ", " += ", " -= ", " *= ", " /= "};
  return text[static_cast<size_t>(op)];
}

void Printer::doc(const std::string &text) {
  for (size_t at = 0; !text.empty() && at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    begin(end > at ? "## " : "##");
    out.append(text, at, end - at);
    this->end();
    at = end + 1;
  }
}

void Printer::variable(const Variable &v) {
  out += v.name.text;
  printType(out, v.type);
  if (v.value)
    word(" = ", v.value);
  if (v.low) {
    word(" in [", v.low);
    word(", ", v.high);
    out += ']';
  }
}

/// One line for all; one line each where documentation differs.
void Printer::variables(std::string_view keyword, const std::vector<Variable> &list, bool documented) {
  for (size_t k = 0; k < list.size(); ++k) {
    if (k == 0) {
      if (documented)
        doc(list[k].doc);
      begin(keyword);
    } else {
      out += ", ";
    }
    variable(list[k]);
  }
  end();
}

void Printer::function(const Function &f) {
  doc(f.doc);
  begin("fn ");
  out.append(f.name.text).append("(");
  for (size_t k = 0; k < f.parameters.size(); ++k) {
    out += k ? ", " : "";
    variable(f.parameters[k]);
  }
  out += ')';
  printType(out, f.type);
  if (f.lets.empty()) {
    word(" = ", f.result);
    return end();
  }
  open();
  for (const Variable &v : f.lets) {
    begin("let ");
    variable(v);
    end();
  }
  begin("");
  expr(f.result);
  end();
  close();
  end();
}

void Printer::block(const Block &b) {
  open();
  for (const Stmt &s : b)
    statement(s);
  close();
}

/// `else if` chains are flat text, nested in the tree.
void Printer::conditional(const Stmt &s) {
  for (const Stmt *at = &s;;) {
    word("if ", at->value);
    block(at->body);
    if (at->otherwise.empty())
      return;
    out += " else ";
    if (at->otherwise.size() == 1 && at->otherwise[0].kind == StmtKind::If) {
      at = &at->otherwise[0];
      continue;
    }
    out.pop_back();
    return block(at->otherwise);
  }
}

template <class T> void Printer::commaList(const std::vector<T> &list) {
  for (size_t k = 0; k < list.size(); ++k) {
    out += k ? ", " : "";
    if constexpr (std::is_same_v<T, Name>)
      out += list[k].text;
    else if constexpr (std::is_same_v<T, Variable>)
      variable(list[k]);
    else
      expr(list[k]);
  }
}

void Printer::statement(const Stmt &s) {
  begin("");
  bareStatement(s);
  end();
}

void Printer::bareStatement(const Stmt &s) {
  const auto list = [&](std::string_view keyword, const auto &items) {
    out += keyword;
    commaList(items);
  };
  switch (s.kind) {
  case StmtKind::Option:
    list("option ", s.variables);
    if (!s.help.empty())
      out += " \"" + s.help + "\"";
    return;
  case StmtKind::Sweep: out.append("sweep ").append(s.names[0].text); return word(" in ", s.value);
  case StmtKind::AfterSweep: out += "after sweep"; return block(s.body);
  case StmtKind::Set: return list("set ", s.variables);
  case StmtKind::Let: return list("let ", s.variables);
  case StmtKind::Var: return list("var ", s.variables);
  case StmtKind::Assign: expr(s.place); return word(spelling(s.op), s.value);
  case StmtKind::Hold: list("hold ", s.names); return word(" for ", s.value);
  case StmtKind::If: return conditional(s);
  case StmtKind::For:
    list(s.variables.size() > 1 ? "for (" : "for ", s.variables);
    word(s.variables.size() > 1 ? ") in " : " in ", s.value);
    return block(s.body);
  case StmtKind::While: word("while ", s.value); return block(s.body);
  case StmtKind::Break: out += "break"; return;
  case StmtKind::Continue: out += "continue"; return;
  case StmtKind::Run: return word("run ", s.value);
  case StmtKind::RunUntil:
    word("run until ", s.value);
    if (s.extra)
      word(" max ", s.extra);
    return;
  case StmtKind::Step: out += "step"; return;
  case StmtKind::Record:
    out += "record ";
    for (size_t k = 0; k < s.recorded.size(); ++k) {
      out += k ? ", " : "";
      if (!s.recorded[k].name.text.empty())
        out.append(s.recorded[k].name.text).append(" = ");
      expr(s.recorded[k].value);
    }
    if (s.extra)
      word(" every ", s.extra);
    if (s.condition)
      word(" when ", s.condition);
    return;
  case StmtKind::Plot: return word("plot ", s.value);
  case StmtKind::Print: return word("print ", s.value);
  case StmtKind::Assert:
    word("assert ", s.value);
    if (s.extra)
      word(", ", s.extra);
    return;
  case StmtKind::Save: return word("save ", s.value);
  case StmtKind::Load: return word("load ", s.value);
  case StmtKind::Reset: return list("reset ", s.items);
  case StmtKind::Freeze: return list("freeze ", s.items);
  case StmtKind::Learn: return list("learn ", s.items);
  case StmtKind::Minimise:
    list("minimise ", s.names);
    out += " by " + s.path.text();
    printArgs(out, s.args);
    list(" over ", s.items);
    return block(s.body);
  }
  std::abort();
}

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

void Printer::connect(const Connect &c) {
  word("connect ", c.source);
  word(" -> ", c.target);
  if (!c.pattern.text.empty())
    out.append(" ").append(c.pattern.text);
  printArgs(out, c.patternArgs);
  out += " by " + c.synapse.text();
  printArgs(out, c.synapseArgs);
  if (!c.rule.names.empty()) {
    out += " learning " + c.rule.text();
    printArgs(out, c.ruleArgs);
  }
  if (c.where)
    word(" where ", c.where);
  if (c.delay)
    word(" delay ", c.delay);
  if (c.procedural)
    out += " procedural";
  if (!c.as.text.empty())
    out.append(" as ").append(c.as.text);
}

void Printer::netMember(const NetMember &m) {
  switch (m.kind) {
  case NetKind::Param: return variables("param ", m.variables, true);
  case NetKind::Let: return variables("let ", m.variables, true);
  case NetKind::Const: return variables("const ", m.variables, true);
  case NetKind::Signal: return variables("signal ", m.variables, true);
  case NetKind::Fn: return function(m.function);
  case NetKind::Population:
    doc(m.doc);
    begin("population ");
    out.append(m.name.text).append(" = ").append(m.model.text());
    if (m.hasShape)
      printShape(out, m.shape);
    printArgs(out, m.args);
    if (!m.at.names.empty()) {
      out += " at " + m.at.text();
      printArgs(out, m.atArgs, true);
    }
    return end();
  case NetKind::Part:
    doc(m.doc);
    begin("part ");
    out.append(m.name.text).append(" = ").append(m.model.text());
    printArgs(out, m.args);
    return end();
  case NetKind::Connect:
    doc(m.doc);
    begin("");
    connect(m.connect);
    return end();
  case NetKind::For:
    doc(m.doc);
    begin("for ");
    out += m.name.text;
    word(" in ", m.value);
    network(m.body);
    return end();
  }
  std::abort();
}

void Printer::network(const std::vector<NetMember> &members) {
  open();
  for (const NetMember &m : members)
    netMember(m);
  close();
}

void Printer::experiment(const Experiment &e) {
  doc(e.doc);
  begin(e.isTest ? "test " : "experiment ");
  out += e.name.text;
  if (!e.network.names.empty())
    out += " on " + e.network.text();
  printArgs(out, e.args);
  if (!e.ownNetwork) {
    block(e.body);
    return end();
  }
  open();
  begin("network");
  network(e.ownNetwork->members);
  end();
  for (const Stmt &s : e.body)
    statement(s);
  close();
  end();
}

void Printer::module(const Module &m) {
  const auto gap = [&] { out += out.empty() ? "" : "\n"; };
  for (const Import &i : m.imports) {
    begin("import ");
    out += i.file.empty() ? i.path.text() : "\"" + i.file + "\"";
    end();
  }
  for (const UnitDecl &u : m.units) {
    begin("unit ");
    out += u.name.text;
    word(" = ", u.value);
    end();
  }
  for (const Variable &c : m.constants)
    variables("const ", {c}, true);
  for (const Function &f : m.functions)
    function(f);
  for (const Model &x : m.models) {
    gap();
    model(x);
  }
  for (const Network &n : m.networks) {
    gap();
    doc(n.doc);
    begin("network ");
    out += n.name.text;
    network(n.members);
    end();
  }
  for (const Experiment &e : m.experiments) {
    gap();
    experiment(e);
  }
}

} // namespace

std::string print(const Module &module) {
  Printer printer;
  printer.module(module);
  return std::move(printer.out);
}

} // namespace snn::ast
