// Prints experiments: options, settings, statements.
#include "compiler/model/ir/Print.h"
#include "compiler/model/ir/Writer.h"

namespace snn::model {

namespace {

using expr::print;

class ExperimentPrinter : public Writer {
public:
  void experiment(const Experiment &e, const std::string &network);

private:
  void body(const HostBody &body);
  void statement(const HostStmt &s);
  void let(const HostStmt &s);
  void record(const HostStmt &s);
  void block(const std::string &head, const HostStmt &s);
  void items(std::string_view word, const HostStmt &s, std::string_view none);
};

void ExperimentPrinter::body(const HostBody &body) {
  for (const HostStmt &s : body)
    statement(s);
}

void ExperimentPrinter::block(const std::string &head, const HostStmt &s) {
  open("{}", head);
  body(s.body);
  if (!s.otherwise.empty()) {
    turn("else");
    body(s.otherwise);
  }
  close();
}

void ExperimentPrinter::let(const HostStmt &s) {
  for (const Var *v : s.vars)
    line("let {} : {} = {}", v->name, typeOf(*v), print(s.value));
}

void ExperimentPrinter::record(const HostStmt &s) {
  static constexpr std::string_view kinds[] = {"spikes", "state", "state of edges", "value"};
  std::string text = "record " + (s.name.empty() ? "" : s.name + " = ") + print(s.value);
  if (s.interval)
    text += " every " + print(s.interval);
  if (s.condition)
    text += " when " + print(s.condition);
  line("{}  # {}{}{}", text, kinds[static_cast<size_t>(s.record)], s.unit.empty() || s.unit == "1" ? "" : " in ", s.unit == "1" ? "" : s.unit);
}

void ExperimentPrinter::items(std::string_view word, const HostStmt &s, std::string_view none) {
  line("{} {}", word, s.items.empty() ? std::string(none) : joined(s.items, print));
}

void ExperimentPrinter::statement(const HostStmt &s) {
  switch (s.kind) {
  case HostStmtKind::Let: return let(s);
  case HostStmtKind::Assign: return line("{} {} {}", print(s.place), spelling(s.op), print(s.value));
  case HostStmtKind::If: return block("if " + print(s.value), s);
  case HostStmtKind::While: return block("while " + print(s.value), s);
  case HostStmtKind::For: {
    const std::string names = joined(s.vars, [](const Var *v) { return v->name; });
    return block(fmt::format("for {} in {}", s.vars.size() > 1 ? "(" + names + ")" : names, print(s.value)), s);
  }
  case HostStmtKind::Break: return line("break");
  case HostStmtKind::Continue: return line("continue");
  case HostStmtKind::Run: return line("run {}", print(s.value));
  case HostStmtKind::RunUntil:
    return line("run until {}{}", print(s.value), s.limit ? " max " + print(s.limit) : "");
  case HostStmtKind::Step: return line("step");
  case HostStmtKind::Record: return record(s);
  case HostStmtKind::Plot: return line("plot {}", print(s.value));
  case HostStmtKind::Print: return line("print {}", print(s.value));
  case HostStmtKind::Assert:
    return line("assert {}{}", print(s.value), s.message ? ", " + print(s.message) : "");
  case HostStmtKind::Save: return line("save {}", print(s.value));
  case HostStmtKind::Load: return line("load {}", print(s.value));
  case HostStmtKind::Reset: return items("reset", s, "all");
  case HostStmtKind::Freeze: return items("freeze", s, "nothing");
  case HostStmtKind::Learn: return items("learn", s, "nothing");
  }
}

void ExperimentPrinter::experiment(const Experiment &e, const std::string &network) {
  const std::string arguments = joined(e.networkArgs, [](const auto &a) { return a.first->name + " = " + print(a.second); });
  open("experiment {}{}{}", e.name, network.empty() ? "" : " on " + network, arguments.empty() ? "" : "(" + arguments + ")");
  for (const Option &o : e.options)
    if (o.initial)
      line("option {} : {} = {}  # --{}", o.var->name, typeOf(*o.var), print(o.initial), o.flag);
  for (const Sweep &s : e.sweeps)
    line("sweep {} in {}", s.name, print(s.values));
  for (const auto &[name, value] : {std::pair("dt", e.dt), {"seed", e.seed}, {"threads", e.threads}})
    if (value)
      line("set {} = {}", name, print(value));
  if (e.doublePrecision)
    line("set precision = {}", *e.doublePrecision ? "double" : "float");
  body(e.body);
  if (e.after) {
    open("after sweep");
    body(*e.after);
    close();
  }
  close();
}

} // namespace

std::string print(const Experiment &experiment, const std::string &network) {
  ExperimentPrinter printer;
  printer.experiment(experiment, network);
  return std::move(printer.out);
}

} // namespace snn::model
