// Statements and blocks as source text.
#include "compiler/frontend/ast/Printer.h"

#include <cstdlib>

namespace snn::ast {

std::string_view spelling(AssignOp op) {
  static constexpr std::string_view text[] = {" = ", " += ", " -= ", " *= ", " /= "};
  return text[static_cast<size_t>(op)];
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

} // namespace snn::ast
