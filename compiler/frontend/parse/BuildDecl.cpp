// Declarations, members of models and networks.
#include "compiler/frontend/parse/Builder.h"

#include "SnnLexer.h"

#include <algorithm>

namespace snn::parse {

std::string Builder::doc(antlr4::ParserRuleContext *ctx) const {
  return tokens.docAbove(ctx->getStart());
}

void Builder::module(P::ModuleContext *ctx, ast::Module &out) {
  for (auto *d : ctx->declaration())
    declaration(d, out);
}

/// Imports were read before the file was parsed, line by line.
void Builder::import(P::ImportDeclContext *ctx, const ast::Module &out) {
  const source::Range at = ctx->path() ? range(ctx->path()) : tokens.range(ctx->STRING()->getSymbol());
  for (const ast::Import &i : out.imports)
    if (i.range.begin == at.begin)
      return;
  diagnostics.report(diag::Id::importNotFound, at, "an import stands on a line of its own");
}

void Builder::declaration(P::DeclarationContext *ctx, ast::Module &out) {
  if (auto *d = dynamic_cast<P::ImportDeclContext *>(ctx))
    return import(d, out);
  if (auto *d = dynamic_cast<P::UnitDeclContext *>(ctx)) {
    out.units.push_back({name(d->name()), expr(d->expr())});
  } else if (auto *d = dynamic_cast<P::ConstDeclContext *>(ctx)) {
    for (ast::Variable &v : bindings(d->constant()->binding()))
      out.constants.push_back(std::move(v));
  } else if (auto *d = dynamic_cast<P::FnDeclContext *>(ctx)) {
    out.functions.push_back(function(d->function()));
    out.functions.back().doc = doc(ctx);
  } else if (auto *d = dynamic_cast<P::ModelDeclContext *>(ctx)) {
    out.models.push_back(model(d));
  } else if (auto *d = dynamic_cast<P::NetworkDeclContext *>(ctx)) {
    ast::Network n;
    n.name = name(d->name());
    n.range = range(d);
    n.doc = doc(d);
    n.members = netBlock(d->netBlock());
    out.networks.push_back(std::move(n));
  } else if (auto *d = dynamic_cast<P::ExperimentDeclContext *>(ctx)) {
    ast::Experiment e;
    e.name = name(d->name());
    e.range = range(d);
    e.doc = doc(d);
    e.network = path(d->path());
    e.args = args(d->args());
    e.body = block(d->block());
    out.experiments.push_back(std::move(e));
  } else if (auto *d = dynamic_cast<P::TestDeclContext *>(ctx)) {
    out.experiments.push_back(test(d));
  }
}

ast::Experiment Builder::test(P::TestDeclContext *ctx) {
  ast::Experiment e;
  e.name = token(ctx->STRING()->getSymbol());
  e.isTest = true;
  e.range = range(ctx);
  e.doc = doc(ctx);
  e.network = path(ctx->path());
  e.args = args(ctx->args());
  P::TestBlockContext *body = ctx->testBlock();
  if (body->netBlock()) {
    ast::Network &own = e.ownNetwork.emplace();
    own.name = token(body->NETWORK()->getSymbol());
    own.range = own.name.range;
    own.members = netBlock(body->netBlock());
  }
  for (auto *s : body->statement())
    e.body.push_back(statement(s));
  return e;
}

ast::Variable Builder::binding(P::BindingContext *ctx) {
  ast::Variable v;
  v.name = name(ctx->name());
  v.type = type(ctx->type());
  v.value = expr(ctx->expr());
  v.range = range(ctx);
  v.doc = doc(ctx);
  return v;
}

ast::Variable Builder::variable(P::VariableContext *ctx) {
  ast::Variable v;
  v.name = name(ctx->name());
  v.type = type(ctx->type());
  v.range = range(ctx);
  v.doc = doc(ctx);
  const auto values = ctx->expr();
  if (ctx->ASSIGN())
    v.value = expr(values[0]);
  if (ctx->IN()) {
    v.low = expr(values[values.size() - 2]);
    v.high = expr(values[values.size() - 1]);
  }
  return v;
}

std::vector<ast::Variable> Builder::variables(const std::vector<P::VariableContext *> &list) {
  std::vector<ast::Variable> out;
  for (auto *v : list)
    out.push_back(variable(v));
  return out;
}

std::vector<ast::Variable> Builder::bindings(const std::vector<P::BindingContext *> &list) {
  std::vector<ast::Variable> out;
  for (auto *b : list)
    out.push_back(binding(b));
  return out;
}

ast::Function Builder::function(P::FunctionContext *ctx) {
  ast::Function f;
  f.name = name(ctx->name());
  f.range = range(ctx);
  for (auto *p : ctx->parameter()) {
    ast::Variable v;
    v.name = name(p->name());
    v.type = type(p->type());
    v.range = range(p);
    f.parameters.push_back(std::move(v));
  }
  f.type = type(ctx->type());
  for (auto *l : ctx->let())
    for (ast::Variable &v : bindings(l->binding()))
      f.lets.push_back(std::move(v));
  f.result = expr(ctx->expr());
  return f;
}

ast::Model Builder::model(P::ModelDeclContext *ctx) {
  ast::Model m;
  switch (ctx->kind->getType()) {
  case SnnLexer::NEURON: m.kind = ast::ModelKind::Neuron; break;
  case SnnLexer::ENCODER: m.kind = ast::ModelKind::Encoder; break;
  case SnnLexer::SYNAPSE: m.kind = ast::ModelKind::Synapse; break;
  default: m.kind = ast::ModelKind::Rule; break;
  }
  m.name = name(ctx->name());
  m.extends = path(ctx->path());
  m.range = range(ctx);
  m.doc = doc(ctx);
  for (auto *x : ctx->memberBlock()->member())
    m.members.push_back(member(x));
  return m;
}

ast::ModelMember Builder::member(P::MemberContext *ctx) {
  ast::ModelMember m = plainMember(ctx->plainMember());
  m.isOverride = ctx->OVERRIDE() != nullptr;
  m.range = range(ctx);
  return m;
}

ast::SolverItem Builder::solverItem(P::SolverItemContext *ctx) {
  ast::SolverItem item;
  const auto names = ctx->name();
  for (size_t k = 0; k + 1 < names.size(); ++k)
    item.states.push_back(name(names[k]));
  item.solver = name(names.back());
  item.args = args(ctx->args());
  return item;
}

ast::ModelMember Builder::plainMember(P::PlainMemberContext *ctx) {
  using ast::MemberKind;
  ast::ModelMember m;
  const auto body = [&](MemberKind kind, P::BlockContext *b) {
    m.kind = kind;
    m.hasBody = b != nullptr;
    if (b)
      m.body = block(b);
  };
  if (auto *x = dynamic_cast<P::VariablesMemberContext *>(ctx)) {
    m.kind = MemberKind::Variables;
    switch (x->kind->getType()) {
    case SnnLexer::PARAM: m.variablesKind = ast::VariablesKind::Param; break;
    case SnnLexer::STATE: m.variablesKind = ast::VariablesKind::State; break;
    case SnnLexer::INPUT: m.variablesKind = ast::VariablesKind::Input; break;
    case SnnLexer::DATA: m.variablesKind = ast::VariablesKind::Data; break;
    default: m.variablesKind = ast::VariablesKind::Weight; break;
    }
    m.variables = variables(x->variable());
    for (ast::Variable &v : m.variables)
      if (v.doc.empty())
        v.doc = doc(ctx);
  } else if (auto *x = dynamic_cast<P::LetMemberContext *>(ctx)) {
    m.kind = MemberKind::Let;
    m.variables = bindings(x->let()->binding());
  } else if (auto *x = dynamic_cast<P::ConstMemberContext *>(ctx)) {
    m.kind = MemberKind::Const;
    m.variables = bindings(x->constant()->binding());
  } else if (auto *x = dynamic_cast<P::FnMemberContext *>(ctx)) {
    m.kind = MemberKind::Fn;
    m.function = function(x->function());
  } else if (auto *x = dynamic_cast<P::EquationMemberContext *>(ctx)) {
    m.kind = MemberKind::Equation;
    m.name = token(x->PRIMED()->getSymbol());
    m.name.text.remove_suffix(1); // the prime
    m.factor = x->postfix() ? postfix(x->postfix()) : nullptr;
    m.value = expr(x->expr());
  } else if (auto *x = dynamic_cast<P::SpikeMemberContext *>(ctx)) {
    m.value = expr(x->expr());
    body(MemberKind::Spike, x->block());
  } else if (auto *x = dynamic_cast<P::EventMemberContext *>(ctx)) {
    m.name = name(x->name());
    body(MemberKind::OnEvent, x->block());
  } else if (auto *x = dynamic_cast<P::EachStepMemberContext *>(ctx)) {
    body(MemberKind::EachStep, x->block());
  } else if (auto *x = dynamic_cast<P::EveryMemberContext *>(ctx)) {
    m.value = expr(x->expr());
    body(MemberKind::Every, x->block());
  } else if (auto *x = dynamic_cast<P::SolverMemberContext *>(ctx)) {
    m.kind = MemberKind::Solver;
    if (x->name())
      m.solvers.push_back({{}, name(x->name()), args(x->args())});
    for (auto *item : x->solverItem())
      m.solvers.push_back(solverItem(item));
  } else if (auto *x = dynamic_cast<P::SurrogateMemberContext *>(ctx)) {
    m.kind = MemberKind::Surrogate;
    m.name = name(x->name());
    m.solvers.push_back({{}, m.name, args(x->args())});
  } else if (auto *x = dynamic_cast<P::CouplingMemberContext *>(ctx)) {
    m.kind = MemberKind::Coupling;
    m.place = postfix(x->postfix());
    m.op = x->op->getType() == SnnLexer::ADD_TO ? ast::AssignOp::Add : ast::AssignOp::Sub;
    m.value = expr(x->expr());
  }
  m.range = range(ctx);
  return m;
}

std::vector<ast::NetMember> Builder::netBlock(P::NetBlockContext *ctx) {
  std::vector<ast::NetMember> out;
  for (auto *m : ctx->netMember())
    out.push_back(netMember(m));
  return out;
}

ast::Connect Builder::connect(P::ConnectPartContext *ctx) {
  ast::Connect c;
  c.source = expr(ctx->expr());
  c.target = postfix(ctx->postfix());
  if (ctx->NAME()) // sema lists the patterns where there is none
    c.pattern = token(ctx->NAME()->getSymbol());
  size_t nextArgs = 0;
  const auto argLists = ctx->args();
  // args belong to the pattern when they stand before `by`, to the synapse otherwise
  const size_t by = ctx->BY()->getSymbol()->getTokenIndex();
  if (nextArgs < argLists.size() && argLists[nextArgs]->getStart()->getTokenIndex() < by)
    c.patternArgs = args(argLists[nextArgs++]);
  c.synapse = path(ctx->path());
  if (nextArgs < argLists.size())
    c.synapseArgs = args(argLists[nextArgs]);
  for (auto *clause : ctx->clause()) {
    const std::string word = clause->getStart()->getText();
    if (std::ranges::any_of(ctx->clause(), [&](auto *other) { return other->getStart()->getTokenIndex() < clause->getStart()->getTokenIndex() && other->getStart()->getText() == word; })) {
      diag::Diagnostic &d = diagnostics.report(diag::Id::wrongArguments, range(clause), "a connection has one `{}`", word);
      if (word == "learning")
        d.mend("a rule that does what two do extends one of them: `rule Both extends PairSTDP { every 1 s { … } }`");
      continue;
    }
    if (auto *x = dynamic_cast<P::LearningClauseContext *>(clause)) {
      c.rule = path(x->path());
      c.ruleArgs = args(x->args());
    } else if (auto *x = dynamic_cast<P::WhereClauseContext *>(clause)) {
      c.where = expr(x->expr());
    } else if (auto *x = dynamic_cast<P::DelayClauseContext *>(clause)) {
      c.delay = expr(x->expr());
    } else if (dynamic_cast<P::ProceduralClauseContext *>(clause)) {
      c.procedural = true;
    } else if (auto *x = dynamic_cast<P::AsClauseContext *>(clause)) {
      c.as = name(x->name());
    }
  }
  return c;
}

ast::NetMember Builder::netMember(P::NetMemberContext *ctx) {
  using ast::NetKind;
  ast::NetMember m;
  m.range = range(ctx);
  m.doc = doc(ctx);
  if (auto *x = dynamic_cast<P::ParamPartContext *>(ctx)) {
    m.kind = NetKind::Param;
    m.variables = variables(x->variable());
  } else if (auto *x = dynamic_cast<P::LetPartContext *>(ctx)) {
    m.kind = NetKind::Let;
    m.variables = bindings(x->let()->binding());
  } else if (auto *x = dynamic_cast<P::ConstPartContext *>(ctx)) {
    m.kind = NetKind::Const;
    m.variables = bindings(x->constant()->binding());
  } else if (auto *x = dynamic_cast<P::FnPartContext *>(ctx)) {
    m.kind = NetKind::Fn;
    m.function = function(x->function());
  } else if (auto *x = dynamic_cast<P::SignalPartContext *>(ctx)) {
    m.kind = NetKind::Signal;
    ast::Variable v;
    v.name = name(x->name());
    v.type = type(x->type());
    v.range = m.range;
    m.variables.push_back(std::move(v));
  } else if (auto *x = dynamic_cast<P::PopulationPartContext *>(ctx)) {
    m.kind = NetKind::Population;
    m.name = name(x->name());
    m.model = path(x->path(0));
    m.hasShape = x->shape() != nullptr;
    m.shape = shape(x->shape());
    const auto lists = x->args();
    if (x->AT()) {
      m.at = path(x->path(1));
      const size_t at = x->AT()->getSymbol()->getTokenIndex();
      for (auto *list : lists)
        (list->getStart()->getTokenIndex() < at ? m.args : m.atArgs) = args(list);
    } else if (!lists.empty()) {
      m.args = args(lists[0]);
    }
  } else if (auto *x = dynamic_cast<P::PartPartContext *>(ctx)) {
    m.kind = NetKind::Part;
    m.name = name(x->name());
    m.model = path(x->path());
    m.args = args(x->args());
  } else if (auto *x = dynamic_cast<P::ConnectPartContext *>(ctx)) {
    m.kind = NetKind::Connect;
    m.connect = connect(x);
  } else if (auto *x = dynamic_cast<P::ForPartContext *>(ctx)) {
    m.kind = NetKind::For;
    m.name = name(x->name());
    m.value = expr(x->expr());
    m.body = netBlock(x->netBlock());
  }
  return m;
}

} // namespace snn::parse
