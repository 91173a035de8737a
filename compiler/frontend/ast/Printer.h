// What prints the tree. The members are defined by theme: Print.cpp has modules, functions, networks and experiments,
// PrintModels.cpp models and their members, PrintStatements.cpp statements; expressions are functions of their own (PrintExpr.h).
#pragma once

#include "compiler/frontend/ast/PrintExpr.h"

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace snn::ast {

/// " = ", " += " and so on.
std::string_view spelling(AssignOp op);

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
  /// Names, variables or expressions.
  template <class T> void commaList(const std::vector<T> &list);
  void model(const Model &m);
  void member(const ModelMember &m);
  void solver(const ModelMember &m);
  void network(const std::vector<NetMember> &members);
  void netMember(const NetMember &m);
  void connect(const Connect &c);
  void experiment(const Experiment &e);
};

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

} // namespace snn::ast
