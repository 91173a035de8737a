// Modules, functions, networks and experiments as source text.
#include "compiler/frontend/ast/Print.h"

#include "compiler/frontend/ast/Printer.h"

#include <algorithm>
#include <cstdlib>

namespace snn::ast {

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

std::string print(const Module &module) {
  Printer printer;
  printer.module(module);
  return std::move(printer.out);
}

} // namespace snn::ast
