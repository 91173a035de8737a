// The printer of expressions: precedence as in the grammar, so that the text has the parentheses it needs and no more.
#include "compiler/model/expr/Print.h"

#include "compiler/base/units/Units.h"
#include "compiler/model/ir/Network.h"

#include <fmt/format.h>

namespace snn::expr {

namespace {

/// How tightly an expression binds; a looser one needs parentheses where a tighter one is expected.
enum Level : int { Conditional, Or, And, Not, Comparison, Sum, Term, Unary, Power, Postfix };

constexpr size_t longest = 8000; ///< bytes of one expression

Level levelOf(Op op) {
  switch (op) {
  case Op::Select: return Conditional;
  case Op::Or: return Or;
  case Op::And: return And;
  case Op::Not: return Not;
  case Op::Eq: case Op::Ne: case Op::Lt: case Op::Le: case Op::Gt: case Op::Ge: case Op::Crosses: return Comparison;
  case Op::Add: case Op::Sub: return Sum;
  case Op::Mul: case Op::Div: return Term;
  case Op::Neg: return Unary;
  case Op::Pow: return Power;
  default: return Postfix; // functions
  }
}

/// Of a constant: a sign and a compound unit bind less tightly than a plain number.
Level levelOf(const Const &c, const std::string &text) {
  return text.find_first_of("*/") != std::string::npos ? Term : c.value < 0 ? Unary : text.find('^') != std::string::npos ? Power : Postfix;
}

class Printer {
public:
  std::string out;
  void at(ExprPtr e, Level least);

private:
  bool cut = false;

  void any(ExprPtr e, Level least);
  void constant(const Const &c, Level least);
  void special(const Special &s);
  void call(const Call &c, Level least);
  void operation(const Call &c);
  void text(const Text &t);
  void indices(std::span<const IndexPart> parts);
  void list(std::span<const ExprPtr> items, std::string_view open, std::string_view close);
  void member(const CellsValue &v);
  void member(const EdgesValue &v);
};

void Printer::at(ExprPtr e, Level least) {
  if (out.size() > longest) { // a shared part may be read from very many places
    out += cut ? "" : "…";
    cut = true;
    return;
  }
  if (e)
    any(e, least);
  else
    out += "0";
}

std::string_view sideName(Side side) { return side == Side::Self ? "" : side == Side::Pre ? "pre." : "post."; }

/// ", axes = [0, 2]"
static std::string along(uint32_t axes) {
  std::string list;
  for (uint32_t k = 0; axes >> k; ++k)
    if (axes >> k & 1)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", k);
  return list.empty() ? list : fmt::format(", axes = [{}]", list);
}

void Printer::any(ExprPtr e, Level least) {
  static constexpr std::string_view draws[] = {"uniform", "normal", "exponential", "gamma", "lognormal", "poisson", "bernoulli"};
  static constexpr std::string_view reductions[] = {"sum", "mean", "max", "min", "count", "rank"};
  static constexpr std::string_view scopes[] = {"population", "incoming", "outgoing", "edges"};
  switch (e->kind) {
  case Kind::Const:
    return constant(cast<Const>(e), least);
  case Kind::Ref:
    out.append(sideName(cast<Ref>(e).side)).append(cast<Ref>(e).var->name);
    return;
  case Kind::Special:
    return special(cast<Special>(e));
  case Kind::Call:
    return call(cast<Call>(e), least);
  case Kind::Draw: // the site names the random stream: equal sites draw the same number
    out += fmt::format("{}#{}", draws[static_cast<size_t>(cast<Draw>(e).distribution)], cast<Draw>(e).site);
    return list(cast<Draw>(e).args, "(", ")");
  case Kind::Reduce:
    out += fmt::format("{}.{}", scopes[static_cast<size_t>(cast<Reduce>(e).scope)], reductions[static_cast<size_t>(cast<Reduce>(e).op)]);
    return list({&cast<Reduce>(e).arg, 1}, "(", along(cast<Reduce>(e).axes) + ")");
  case Kind::Lookup:
    any(cast<Lookup>(e).table, Level::Postfix);
    return list(cast<Lookup>(e).indices, "[", "]");
  case Kind::Text:
    return text(cast<Text>(e));
  case Kind::ArrayLit:
    return list(cast<ArrayLit>(e).items, "[", "]");
  case Kind::Index:
    at(cast<Index>(e).base, Postfix);
    return indices(cast<Index>(e).parts);
  case Kind::Cells:
    if (cast<Cells>(e).of)
      at(cast<Cells>(e).of, Postfix);
    else
      out += cast<Cells>(e).population->name;
    return indices(cast<Cells>(e).slice);
  case Kind::CellsValue:
    return member(cast<CellsValue>(e));
  case Kind::EdgesValue:
    return member(cast<EdgesValue>(e));
  case Kind::HostCall:
    out += cast<HostCall>(e).name;
    return list(cast<HostCall>(e).args, "(", ")");
  }
}

void Printer::list(std::span<const ExprPtr> items, std::string_view open, std::string_view close) {
  out += open;
  for (size_t k = 0; k < items.size(); ++k) {
    out += k ? ", " : "";
    at(items[k], Conditional);
  }
  out += close;
}

void Printer::constant(const Const &c, Level least) {
  std::string text = c.type.base == Base::Bool ? (c.value != 0 ? "true" : "false")
                     : c.type.anyDimension     ? fmt::format("{}", c.value)
                                               : printQuantity(c.value, c.type.dimension);
  out += levelOf(c, text) < least ? "(" + text + ")" : text;
}

void Printer::special(const Special &s) {
  static constexpr std::string_view names[] = {"t", "dt", "i", "spiked", "t_spike", "elapsed", "held", "seed", "pair.i"};
  out += sideName(s.side);
  if (s.axis >= 0)
    out += fmt::format("index({})", s.axis);
  else
    out += names[static_cast<size_t>(s.value)];
  if (s.var)
    out += "(" + s.var->name + ")";
}

void Printer::call(const Call &c, Level least) {
  const bool parentheses = levelOf(c.op) < least;
  out += parentheses ? "(" : "";
  operation(c);
  out += parentheses ? ")" : "";
}

void Printer::operation(const Call &c) {
  const Level level = levelOf(c.op), tighter = static_cast<Level>(level + 1);
  if (level == Postfix) {
    out += spelling(c.op);
    return list(c.args, "(", ")");
  }
  if (c.op == Op::Select) {
    at(c.args[1], Or);
    out += " if ";
    at(c.args[0], Or);
    out += " else ";
    return at(c.args[2], Conditional);
  }
  if (c.args.size() == 1) {
    out.append(spelling(c.op)).append(c.op == Op::Not ? " " : "");
    return at(c.args[0], c.op == Op::Not ? Not : tighter);
  }
  const bool power = c.op == Op::Pow; // right-associative, written without blanks
  at(c.args[0], power || level == Comparison ? tighter : level);
  out.append(power ? "" : " ").append(spelling(c.op)).append(power ? "" : " ");
  at(c.args[1], power ? Unary : tighter);
}

void Printer::text(const Text &t) {
  out += '"';
  for (const TextPart &part : t.parts) {
    if (!part.value) {
      for (const char c : part.text)
        out.append(c == '"' || c == '\\' || c == '{' || c == '}' ? "\\" : "").append(c == '\n' ? "\\n" : std::string(1, c));
      continue;
    }
    out += '{';
    at(part.value, Conditional);
    if (part.bare)
      out.append(" in ").append(part.unit.empty() ? "1" : part.unit);
    if (!part.format.empty())
      out.append(":").append(part.format);
    out += '}';
  }
  out += '"';
}

void Printer::indices(std::span<const IndexPart> parts) {
  out += parts.empty() ? "" : "[";
  for (size_t k = 0; k < parts.size(); ++k) {
    const IndexPart &p = parts[k];
    out += k ? ", " : "";
    if (p.start)
      at(p.start, Conditional);
    if (p.isSlice)
      out += ":";
    else
      at(p.index, Conditional);
    if (p.stop)
      at(p.stop, Conditional);
    if (p.step) {
      out += ":";
      at(p.step, Conditional);
    }
  }
  out += parts.empty() ? "" : "]";
}

void Printer::member(const CellsValue &v) {
  static constexpr std::string_view names[] = {"", "count", "spiked", "t_spike", "spikes", "size"};
  at(v.cells, Postfix);
  out.append(".").append(v.var ? std::string_view(v.var->name) : names[static_cast<size_t>(v.member)]);
}

void Printer::member(const EdgesValue &v) {
  out += v.projection->name;
  if (v.member != EdgesMember::Whole)
    out.append(".").append(v.var ? std::string_view(v.var->name) : v.member == EdgesMember::Pre ? "pre" : v.member == EdgesMember::Post ? "post" : "delay");
}

} // namespace

std::string print(ExprPtr e) {
  Printer printer;
  printer.at(e, Conditional);
  return std::move(printer.out);
}

std::string printQuantity(double value, const units::Dimension &dimension) {
  if (dimension.none())
    return fmt::format("{}", value);
  const units::Unit unit = units::readable(dimension);
  return fmt::format("{} {}", value / unit.scale, unit.name);
}

std::string printType(const Type &type, std::string_view unit) {
  static constexpr std::string_view names[] = {"real", "int", "bool", "text", "dataset", "samples", "range", "cells", "edges", "spikes"};
  std::string out(names[static_cast<size_t>(type.base)]);
  if (type.base == Base::Real && !type.dimension.none())
    out = unit.empty() || unit == "1" ? units::readable(type.dimension).name : unit;
  if (type.rank < 0)
    return out + "[…]";
  for (int k = 0; k < type.rank; ++k)
    out += k ? ", :" : "[:";
  return out + (type.rank ? "]" : "");
}

} // namespace snn::expr
