// Prints networks: values, populations and projections with their variables, equations and bodies.
#include "compiler/model/ir/Print.h"

#include "compiler/model/ir/Writer.h"

namespace snn::model {

namespace {

using expr::print;

class NetworkPrinter : public Writer {
public:
  void network(const Network &n);

private:
  void variable(const Var &v);
  void equations(const std::vector<Equation> &list);
  void statement(const Stmt &s);
  void statements(const Body &body, size_t from, size_t to);
  void body(std::string_view head, const Body &body);
  void updates(const std::vector<Update> &list);
  void population(const Population &p);
  void system(const LinearSystem &s);
  void projection(const Projection &p);
  void events(std::string_view name, const Body &body, size_t ofSynapse);
};

std::string slice(const std::vector<SliceAxis> &axes) {
  const auto axis = [](const SliceAxis &a) {
    if (a.index)
      return print(a.index);
    const auto part = [](expr::ExprPtr e) { return e ? print(e) : ""; };
    return part(a.start) + ":" + part(a.stop) + (a.step ? ":" + print(a.step) : "");
  };
  return axes.empty() ? "" : "[" + joined(axes, axis) + "]";
}

std::string cells(const CellRange &r) { return r.population->name + slice(r.slice); }

std::string pattern(const Pattern &p) {
  std::string arguments = p.amount ? print(p.amount) : "";
  if (p.multapses)
    arguments += (arguments.empty() ? "" : ", ") + std::string("multapses = true");
  return std::string(spelling(p.kind)) + (arguments.empty() ? "" : "(" + arguments + ")");
}

void NetworkPrinter::variable(const Var &v) {
  std::string text = fmt::format("{} {} : {}", spelling(v.kind), v.name, typeOf(v));
  if (v.low || v.high)
    text += fmt::format(" in [{}, {}]", print(v.low), print(v.high));
  if (v.init)
    text += " = " + print(v.init);
  std::string notes(v.storage == Storage::None ? "" : spelling(v.storage));
  for (const auto &[holds, note] : {std::pair(v.assigned, "set by the experiment"), {v.eventDriven, "event-driven"}})
    if (holds)
      notes += (notes.empty() ? "" : ", ") + std::string(note);
  line("{}{}{}", text, notes.empty() ? "" : "  # ", notes);
}

void NetworkPrinter::equations(const std::vector<Equation> &list) {
  for (const Equation &e : list)
    line("{}' = {}  # {}", e.state->name, print(e.rhs), spelling(e.requested));
}

void NetworkPrinter::statement(const Stmt &s) {
  switch (s.kind) {
  case StmtKind::Assign: {
    const std::string_view side = s.side == expr::Side::Self ? "" : s.side == expr::Side::Pre ? "pre." : "post.";
    return line("{}{} {} {}", side, s.var->name, spelling(s.op), print(s.value));
  }
  case StmtKind::Let:
    return line("let {} : {} = {}", s.var->name, typeOf(*s.var), print(s.value));
  case StmtKind::If:
    open("if {}", print(s.value));
    statements(s.then, 0, s.then.size());
    if (!s.otherwise.empty()) {
      turn("else");
      statements(s.otherwise, 0, s.otherwise.size());
    }
    return close();
  case StmtKind::While:
    open("while {}, at most {} times", print(s.value), s.limit);
    statements(s.then, 0, s.then.size());
    return close();
  case StmtKind::Hold:
    return line("hold {} for {}", joined(s.held, [](const Var *v) { return v->name; }), print(s.value));
  }
}

void NetworkPrinter::statements(const Body &body, size_t from, size_t to) {
  for (size_t k = from; k < to; ++k)
    statement(body[k]);
}

void NetworkPrinter::body(std::string_view head, const Body &body) {
  if (body.empty())
    return line("{}", head);
  open("{}", head);
  statements(body, 0, body.size());
  close();
}

void NetworkPrinter::updates(const std::vector<Update> &list) {
  for (const Update &u : list)
    body(u.signal ? "on " + u.signal->name : u.interval ? "every " + print(u.interval) : "each step", u.body);
}

void NetworkPrinter::system(const LinearSystem &s) {
  const auto name = [](const Var *v) { return v ? v->name : std::string("0"); };
  open("system {}", joined(s.states, name));
  line("over {} * dt", s.fraction);
  const std::pair<std::string_view, const std::vector<Var *> &> matrices[] = {{"A", s.a}, {"P = exp(A h)", s.p}, {"Q = integral of exp(A s)", s.q}};
  for (const auto &[what, entries] : matrices) {
    std::string rows;
    for (size_t k = 0; k < entries.size(); ++k)
      rows += (k == 0 ? "" : k % s.states.size() ? ", " : "; ") + name(entries[k]);
    line("{}: [{}]", what, rows);
  }
  close();
}

void NetworkPrinter::population(const Population &p) {
  open("population {} = {}{}[{}]", p.name, p.isEncoder ? "encoder " : "", p.modelName, joined(p.shape, print));
  for (const Var &v : p.vars)
    variable(v);
  for (const Table &t : p.tables)
    line("table {} = {}", t.var->name, print(t.value));
  equations(p.equations);
  for (const LinearSystem &s : p.systems)
    system(s);
  if (!p.integrate.empty())
    body("integrate", p.integrate);
  if (p.spikeTimes)
    line("spike when listed({}, {})", print(p.spikeTimes), print(p.spikeCells));
  if (p.spike)
    body("spike when " + print(p.spike->condition), p.spike->body);
  for (const Body &b : p.onData)
    body("on data", b);
  updates(p.updates);
  close();
}

void NetworkPrinter::events(std::string_view name, const Body &all, size_t ofSynapse) {
  if (all.empty())
    return;
  open("on {}", name);
  statements(all, 0, ofSynapse);
  if (ofSynapse < all.size())
    line("# of the rule, stopped by `freeze`:");
  statements(all, ofSynapse, all.size());
  close();
}

void NetworkPrinter::projection(const Projection &p) {
  open("projection \"{}\" = {} -> {}{} {} by {}{}", p.name, cells(p.source), cells(p.target), p.port ? "." + p.port->name : "",
       pattern(p.pattern), p.synapseName, p.ruleName.empty() ? "" : " learning " + p.ruleName);
  line("# group {}, parts {} and {}{}", p.group, p.sourcePart, p.targetPart, p.procedural ? ", procedural" : "");
  if (p.where)
    line("where {}", print(p.where));
  if (p.delay)
    line("delay {}  # {}", print(p.delay), p.delayUniform ? "one for all" : "of each edge");
  for (const Var &v : p.vars)
    variable(v);
  equations(p.equations);
  for (const Projection::EventDriven &e : p.eventDriven)
    line("between events: {0}' = {1} * {0} + {2}", e.state->name, print(e.rate), print(e.input));
  for (const LinearSystem &s : p.systems)
    system(s);
  if (!p.integrate.empty())
    body("integrate", p.integrate);
  events("pre", p.onPre, p.synapsePre);
  events("post", p.onPost, p.synapsePost);
  updates(p.updates);
  if (!p.couplings.empty())
    body("continuously", p.couplings);
  close();
}

void NetworkPrinter::network(const Network &n) {
  open("network {}", n.name);
  for (const Var &v : n.vars)
    variable(v);
  for (const Population &p : n.populations)
    population(p);
  for (const Group &g : n.groups)
    line("group {} \"{}\" = {} -> {}", g.id, g.name, joined(g.sources, cells, " + "), joined(g.targets, cells, " + "));
  for (const Projection &p : n.projections)
    projection(p);
  close();
}

} // namespace

std::string print(const Network &network) {
  NetworkPrinter printer;
  printer.network(network);
  return std::move(printer.out);
}

std::string print(const Program &program) {
  return print(*program.network) + print(program.experiment, program.network->name);
}

} // namespace snn::model
