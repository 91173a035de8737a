// Expressions, types and texts with holes.
#include "compiler/base/units/Decimal.h"
#include "compiler/frontend/parse/Builder.h"

#include "compiler/frontend/parse/Holes.h"
#include "compiler/frontend/parse/Parse.h"

#include "SnnLexer.h"
#include <algorithm>
#include <cstdlib>

namespace snn::parse {

using ast::BinaryOp;
using ast::ExprPtr;

source::Range Builder::range(antlr4::ParserRuleContext *ctx) const {
  return tokens.range(ctx->getStart(), ctx->getStop());
}

ast::Name Builder::token(const antlr4::Token *t) { return {arena.copy(tokens.text(t)), tokens.range(t)}; }
ast::Name Builder::name(P::NameContext *ctx) { return ctx ? token(ctx->getStart()) : ast::Name{}; }

ast::Path Builder::path(P::PathContext *ctx) {
  ast::Path out;
  if (!ctx)
    return out;
  for (auto *part : ctx->name())
    out.names.push_back(name(part));
  out.range = range(ctx);
  return out;
}

/// Sets the height from what is below and refuses what later stages could not walk.
ExprPtr Builder::finish(ast::Expr *e, std::initializer_list<ExprPtr> below) {
  for (ExprPtr b : below)
    if (b)
      e->height = std::max(e->height, b->height + 1);
  if (e->height == ast::maxHeight + 1)
    diagnostics.report(diag::Id::tooDeep, e->range, "an expression of more than {} operations in a chain", ast::maxHeight)
        .mend("name parts of it with `let`");
  return e;
}

ExprPtr Builder::binary(BinaryOp op, ExprPtr a, ExprPtr b) {
  return finish(arena.make<ast::Binary>(source::join(a->range, b->range), op, a, b), {a, b});
}

ExprPtr Builder::expr(P::ExprContext *ctx) {
  ExprPtr value = disjunction(ctx->disjunction(0));
  if (!ctx->IF())
    return value;
  ExprPtr condition = disjunction(ctx->disjunction(1)), otherwise = expr(ctx->expr());
  return finish(arena.make<ast::Conditional>(range(ctx), condition, value, otherwise), {condition, value, otherwise});
}

ExprPtr Builder::disjunction(P::DisjunctionContext *ctx) {
  const auto parts = ctx->conjunction();
  ExprPtr e = conjunction(parts[0]);
  for (size_t k = 1; k < parts.size(); ++k)
    e = binary(BinaryOp::Or, e, conjunction(parts[k]));
  return e;
}

ExprPtr Builder::conjunction(P::ConjunctionContext *ctx) {
  const auto parts = ctx->negation();
  ExprPtr e = negation(parts[0]);
  for (size_t k = 1; k < parts.size(); ++k)
    e = binary(BinaryOp::And, e, negation(parts[k]));
  return e;
}

ExprPtr Builder::negation(P::NegationContext *ctx) {
  if (ctx->comparison())
    return comparison(ctx->comparison());
  ExprPtr e = negation(ctx->negation());
  return finish(arena.make<ast::Unary>(range(ctx), ast::UnaryOp::Not, e), {e});
}

ExprPtr Builder::comparison(P::ComparisonContext *ctx) {
  ExprPtr e = sum(ctx->sum(0));
  if (!ctx->sum(1))
    return e;
  const BinaryOp op = ctx->EQ()   ? BinaryOp::Eq
                      : ctx->NE() ? BinaryOp::Ne
                      : ctx->LT() ? BinaryOp::Lt
                      : ctx->LE() ? BinaryOp::Le
                      : ctx->GT() ? BinaryOp::Gt
                      : ctx->GE() ? BinaryOp::Ge
                                  : BinaryOp::Crosses;
  return binary(op, e, sum(ctx->sum(1)));
}

ExprPtr Builder::sum(P::SumContext *ctx) {
  ExprPtr e = nullptr;
  BinaryOp op = BinaryOp::Add;
  for (auto *child : ctx->children) {
    if (auto *operand = dynamic_cast<P::TermContext *>(child))
      e = e ? binary(op, e, term(operand)) : term(operand);
    else
      op = static_cast<antlr4::tree::TerminalNode *>(child)->getSymbol()->getType() == SnnLexer::PLUS ? BinaryOp::Add
                                                                                                     : BinaryOp::Sub;
  }
  return e;
}

ExprPtr Builder::term(P::TermContext *ctx) {
  ExprPtr e = nullptr;
  BinaryOp op = BinaryOp::Mul;
  for (auto *child : ctx->children) {
    if (auto *operand = dynamic_cast<P::UnaryContext *>(child)) {
      e = e ? binary(op, e, unary(operand)) : unary(operand);
      continue;
    }
    const size_t type = static_cast<antlr4::tree::TerminalNode *>(child)->getSymbol()->getType();
    op = type == SnnLexer::STAR ? BinaryOp::Mul : type == SnnLexer::SLASH ? BinaryOp::Div : BinaryOp::Mod;
  }
  return e;
}

ExprPtr Builder::unary(P::UnaryContext *ctx) {
  if (ctx->power())
    return power(ctx->power());
  ExprPtr e = unary(ctx->unary());
  return finish(arena.make<ast::Unary>(range(ctx), ast::UnaryOp::Neg, e), {e});
}

/// After a quantity without parentheses the exponent belongs to its unit: 0.5 mV^2.
ExprPtr Builder::power(P::PowerContext *ctx) {
  ExprPtr base = postfix(ctx->postfix());
  if (!ctx->CARET())
    return base;
  ExprPtr exponent = unary(ctx->unary());
  const auto *quantity = ast::dynCast<ast::Number>(base);
  if (!quantity || quantity->unit.text.empty() || ctx->postfix()->atom()->LP())
    return binary(BinaryOp::Pow, base, exponent);
  const auto *negative = ast::dynCast<ast::Unary>(exponent);
  const auto *number = ast::dynCast<ast::Number>(negative ? negative->operand : exponent);
  if (!number || !number->isInteger || !number->unit.text.empty() || number->digits.size() > 2) {
    diagnostics.report(diag::Id::badExponent, exponent->range, "the exponent of a unit is a whole number")
        .mend("to raise the quantity itself, put it in parentheses");
    return base;
  }
  auto *out = arena.make<ast::Number>(range(ctx), quantity->digits, quantity->unit);
  out->isInteger = quantity->isInteger;
  out->exponent = std::atoi(std::string(number->digits).c_str()) * (negative ? -1 : 1);
  return out;
}

ast::IndexPart Builder::index(P::IndexContext *ctx) {
  ast::IndexPart part;
  const auto colons = ctx->COLON();
  if (colons.empty()) {
    part.index = expr(ctx->expr(0));
    return part;
  }
  part.isSlice = true;
  size_t seen = 0;
  for (auto *child : ctx->children) {
    if (auto *e = dynamic_cast<P::ExprContext *>(child))
      (seen == 0 ? part.start : seen == 1 ? part.stop : part.step) = expr(e);
    else
      ++seen;
  }
  return part;
}

std::vector<ast::Arg> Builder::args(P::ArgsContext *ctx) {
  std::vector<ast::Arg> out;
  if (!ctx)
    return out;
  for (auto *a : ctx->arg()) {
    ast::Arg arg;
    if (a->ASSIGN())
      arg.name = name(a->name());
    arg.value = expr(a->expr(0));
    if (a->ARROW())
      arg.arrow = expr(a->expr(1));
    out.push_back(arg);
  }
  return out;
}

ExprPtr Builder::postfix(P::PostfixContext *ctx) {
  ExprPtr e = atom(ctx->atom());
  const source::Range start = range(ctx->atom());
  for (size_t k = 1; k < ctx->children.size(); ++k) {
    auto *child = ctx->children[k];
    if (auto *call = dynamic_cast<P::ArgsContext *>(child)) {
      const std::vector<ast::Arg> list = args(call);
      auto *node = arena.make<ast::CallExpr>(source::join(start, range(call)), e, arena.copy(list));
      for (const ast::Arg &a : list)
        node->height = std::max(node->height, a.value->height + 1);
      e = finish(node, {e});
      continue;
    }
    const auto *symbol = static_cast<antlr4::tree::TerminalNode *>(child)->getSymbol();
    if (symbol->getType() == SnnLexer::DOT) {
      auto *member = dynamic_cast<P::NameContext *>(ctx->children[++k]);
      e = finish(arena.make<ast::Member>(source::join(start, range(member)), e, name(member)), {e});
      continue;
    }
    std::vector<ast::IndexPart> parts; // '[' index (',' index)* ']'
    uint32_t height = 0;
    for (++k; k < ctx->children.size(); ++k) {
      if (auto *part = dynamic_cast<P::IndexContext *>(ctx->children[k])) {
        parts.push_back(index(part));
        for (ExprPtr p : {parts.back().index, parts.back().start, parts.back().stop, parts.back().step})
          height = std::max(height, p ? p->height + 1 : 0);
      } else if (static_cast<antlr4::tree::TerminalNode *>(ctx->children[k])->getSymbol()->getType() == SnnLexer::RB) {
        break;
      }
    }
    auto *close = static_cast<antlr4::tree::TerminalNode *>(ctx->children[k])->getSymbol();
    auto *node = arena.make<ast::IndexExpr>(source::join(start, tokens.range(close)), e, arena.copy(parts));
    node->height = std::max(1u, height);
    e = finish(node, {e});
  }
  return e;
}

ExprPtr Builder::number(P::AtomContext *ctx) {
  const std::string_view digits = arena.copy(tokens.text(ctx->NUMBER()->getSymbol()));
  const ast::Name unit = ctx->UNIT_NAME() ? token(ctx->UNIT_NAME()->getSymbol()) : ast::Name{};
  auto *n = arena.make<ast::Number>(range(ctx), digits, unit);
  n->isInteger = digits.find_first_of(".eE") == std::string_view::npos;
  std::string plain(digits);
  std::erase(plain, '_');
  const double value = units::readDecimal(plain);
  if (!(value <= 1.7976931348623157e308) || (n->isInteger && value > 9.2e18))
    diagnostics.report(diag::Id::badNumber, n->range, "this number is too large to be represented");
  else if (value == 0 && plain.substr(0, plain.find_first_of("eE")).find_first_of("123456789") != std::string::npos)
    diagnostics.report(diag::Id::badNumber, n->range, "this number is too small to be represented");
  return n;
}

ExprPtr Builder::atom(P::AtomContext *ctx) {
  if (ctx->NUMBER())
    return number(ctx);
  if (ctx->STRING())
    return string(ctx->STRING()->getSymbol());
  if (ctx->TRUE() || ctx->FALSE())
    return arena.make<ast::Boolean>(range(ctx), ctx->TRUE() != nullptr);
  if (ctx->name())
    return arena.make<ast::NameExpr>(name(ctx->name()));
  if (ctx->LP())
    return expr(ctx->expr(0));
  std::vector<ExprPtr> items;
  uint32_t height = 1;
  for (auto *e : ctx->expr()) {
    items.push_back(expr(e));
    height = std::max(height, items.back()->height + 1);
  }
  auto *array = arena.make<ast::ArrayExpr>(range(ctx), arena.copy(items));
  array->height = height;
  return finish(array, {});
}

/// Splits "text {value:.3f} more" into parts; holes are parsed by the rule `hole`.
ExprPtr Builder::string(const antlr4::Token *token) {
  const source::Range place = tokens.range(token);
  std::string_view text = tokens.text(token);
  text = text.substr(1, text.size() - 2);
  std::vector<ast::StringPart> parts;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty())
      parts.push_back({arena.copy(plain)});
    plain.clear();
  };
  for (size_t k = 0; k < text.size(); ++k) {
    if (text[k] == '\\' && k + 1 < text.size()) {
      const char c = text[++k];
      plain += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else if (text[k] == '{') {
      const size_t end = holeEnd(text, k + 1);
      flush();
      const uint32_t begin = place.begin + 1 + static_cast<uint32_t>(k) + 1;
      parts.push_back(stringHole({place.file, begin, place.begin + 1 + static_cast<uint32_t>(end)},
                                 text.substr(k + 1, end - k - 1)));
      k = end;
    } else {
      plain += text[k];
    }
  }
  flush();
  return arena.make<ast::String>(place, arena.copy(parts));
}

ast::StringPart Builder::stringHole(source::Range place, std::string_view text) {
  ast::StringPart part;
  if (++holes > maxHoles) { // each costs a parser of its own
    if (holes == maxHoles + 1)
      diagnostics.report(diag::Id::fileTooBig, place, "more than {} holes `{{…}}` in the texts of one file", maxHoles);
    return part;
  }
  const size_t colon = formatColon(text);
  if (colon != std::string_view::npos)
    part.format = arena.copy(text.substr(colon + 1));
  part.value = parseHole(tokens, place.begin, text.substr(0, colon), arena, diagnostics, part.unit);
  return part;
}

ExprPtr Builder::hole(P::HoleContext *ctx, ExprPtr &unit) {
  if (ctx->sum())
    unit = sum(ctx->sum());
  return expr(ctx->expr());
}

std::vector<ExprPtr> Builder::shape(P::ShapeContext *ctx) {
  std::vector<ExprPtr> out;
  if (ctx)
    for (auto *e : ctx->expr())
      out.push_back(expr(e));
  return out;
}

std::optional<ast::Type> Builder::type(P::TypeContext *ctx) {
  if (!ctx)
    return std::nullopt;
  ast::Type out;
  out.range = range(ctx);
  std::vector<ast::UnitFactor> factors;
  bool divided = false;
  for (auto *child : ctx->children) {
    if (auto *terminal = dynamic_cast<antlr4::tree::TerminalNode *>(child)) {
      divided = terminal->getSymbol()->getType() == SnnLexer::SLASH;
      continue;
    }
    auto *f = dynamic_cast<P::UnitFactorContext *>(child);
    if (!f)
      continue;
    ast::UnitFactor factor;
    const auto numbers = f->NUMBER();
    const bool isNumber = !f->name();
    factor.divided = divided;
    factor.ofVariable = f->UNIT() != nullptr && f->LP() != nullptr;
    factor.name = isNumber ? token(numbers[0]->getSymbol()) : name(f->name());
    if (f->CARET())
      factor.exponent = std::atoi(numbers.back()->getText().substr(0, 3).c_str()) * (f->MINUS() ? -1 : 1);
    factors.push_back(factor);
  }
  out.factors = arena.copy(factors);
  out.shape = arena.copy(shape(ctx->shape()));
  return out;
}

} // namespace snn::parse
