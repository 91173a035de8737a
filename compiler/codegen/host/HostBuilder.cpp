// Set-up of the network as bytecode: options, settings, the network's values and uniform params, functions for the scheduler.
#include "compiler/codegen/host/HostBuilder.h"

#include "compiler/codegen/host/FunctionBuilder.h"

#include <algorithm>
#include <cassert>

namespace snn::codegen::host {

using abi::HostOp;

HostBuilder::HostBuilder(const model::Program &p, Source s) : program(p), source(std::move(s)) {
  out.name = program.experiment.name;
  out.doc = program.experiment.doc;
  for (const model::Option &option : program.experiment.options)
    global(option.var);
  for (const model::Var &var : program.network->vars) {
    global(&var);
    if (var.kind == model::VarKind::Param)
      paths[&var] = var.name;
  }
  const auto collect = [&](const std::deque<model::Var> &vars, const std::string &owner) {
    for (const model::Var &var : vars)
      if (var.kind == model::VarKind::Param || var.kind == model::VarKind::Weight)
        paths[&var] = owner + "." + var.name;
  };
  for (const model::Population &population : program.network->populations)
    collect(population.vars, population.name);
  for (const model::Projection &projection : program.network->projections)
    collect(projection.vars, projection.name);
}

void HostBuilder::refuse(source::Range range, std::string message) {
  refused = true;
  if (source.refuse)
    source.refuse(range, std::move(message));
}

uint32_t HostBuilder::global(const model::Var *var) {
  const auto [at, isNew] = globals.try_emplace(var, static_cast<uint32_t>(out.globalNames.size()));
  if (isNew)
    out.globalNames.push_back(var->name);
  return at->second;
}

uint32_t HostBuilder::globalOf(expr::ExprPtr loadedConstant) {
  const auto [at, isNew] = loaded.try_emplace(loadedConstant, static_cast<uint32_t>(out.globalNames.size()));
  if (isNew) {
    out.loaded.push_back(at->second);
    out.globalNames.emplace_back();
  }
  return at->second;
}

uint32_t HostBuilder::textConstant(std::string_view text) {
  const auto [at, isNew] = texts.try_emplace(std::string(text), static_cast<uint32_t>(out.constants.size()));
  if (isNew)
    out.constants.push_back({abi::HostConstant::Text, 0, std::string(text)});
  return at->second;
}

uint32_t HostBuilder::numberConstant(abi::HostConstant::Kind kind, double value) {
  if (value == value && value != 0) { // NaN and the two zeros are not told apart by a map
    const auto [at, isNew] = numbers.try_emplace({kind, value}, static_cast<uint32_t>(out.constants.size()));
    if (!isNew)
      return at->second;
  }
  out.constants.push_back({kind, value, {}});
  return static_cast<uint32_t>(out.constants.size() - 1);
}

uint32_t HostBuilder::line(source::Range range) {
  const auto [at, isNew] =
      lines.try_emplace(source.place ? source.place(range) : std::string(), static_cast<uint32_t>(out.sourceLines.size()));
  if (isNew)
    out.sourceLines.push_back(at->first);
  return at->second;
}

uint32_t HostBuilder::hostFunction(expr::ExprPtr e) {
  FunctionBuilder f(*this, "value");
  const uint32_t slot = f.lower(e);
  f.emit(HostOp::Return, e->range, slot);
  return f.close();
}

void HostBuilder::lowerOptions() {
  for (const model::Option &option : program.experiment.options) {
    abi::HostOption o;
    o.name = option.var->name;
    o.flag = option.flag;
    o.help = option.help;
    o.unit = option.var->unit;
    o.unitScale = option.var->unitScale;
    o.type = kindOf(option.var->type);
    if (const auto *number = expr::dynCast<expr::Const>(option.initial))
      o.initial = number->value;
    else if (const auto *text = expr::dynCast<expr::Text>(option.initial))
      for (const expr::TextPart &part : text->parts)
        o.initialText += part.text;
    else if (option.initial)
      refuse(option.initial->range, "the default of an option must be a constant");
    o.slot = global(option.var);
    o.swept = std::ranges::any_of(program.experiment.sweeps, [&](const model::Sweep &s) { return s.var == option.var; });
    out.options.push_back(std::move(o));
  }
}

uint32_t HostBuilder::lowerSettings() {
  FunctionBuilder f(*this, "settings");
  const auto set = [&](abi::HostSetting which, expr::ExprPtr value) {
    if (value) {
      const uint32_t slot = f.lower(value);
      f.emit(HostOp::Setting, value->range, slot, none, none, static_cast<uint32_t>(which));
    }
  };
  const model::Experiment &e = program.experiment;
  set(abi::HostSetting::Dt, e.dt);
  set(abi::HostSetting::Seed, e.seed);
  set(abi::HostSetting::Threads, e.threads);
  if (e.doublePrecision) {
    const uint32_t slot = f.temp();
    f.emit(HostOp::Const, e.range, slot, numberConstant(abi::HostConstant::Bool, *e.doublePrecision ? 1 : 0));
    f.emit(HostOp::Setting, e.range, slot, none, none, static_cast<uint32_t>(abi::HostSetting::Precision));
  }
  f.emit(HostOp::End, e.range);
  return f.close();
}

/// Example: `param tau = 20 ms` of cells: Const s, 20; Override s, "cells.tau"; SetScalar s, #3. What a value reads is set
/// up before it, whatever the order of declaration.
void HostBuilder::setUpValue(FunctionBuilder &f, const model::Var &var, std::map<const model::Var *, int> &done) {
  if (done[&var]++ || var.kind == model::VarKind::Option)
    return;
  expr::ExprPtr init = var.init;
  for (const auto &[param, value] : program.experiment.networkArgs)
    if (param == &var)
      init = value;
  expr::forEachRef(init, [&](const model::Var *read) {
    if (globals.count(read))
      setUpValue(f, *read, done);
  });
  const uint32_t slot = global(&var);
  const bool number = var.type.isNumber();
  if (init) {
    const uint32_t value = f.lower(init);
    if (number)
      f.emit(HostOp::Convert, var.range, slot, value, none, kindOf(var.type));
    else
      f.emit(HostOp::Move, var.range, slot, value);
  } else {
    f.emit(HostOp::Const, var.range, slot, numberConstant(kindOf(var.type), 0));
  }
  if (const auto path = paths.find(&var); path != paths.end() && number && var.type.rank == 0)
    f.emit(HostOp::Override, var.range, slot, textConstant(path->second), textConstant(var.unit), kindOf(var.type))
        .list = {numberConstant(abi::HostConstant::Real, var.unitScale)};
  if (const uint32_t scalar = numbering->scalar(var); scalar != none)
    f.emit(HostOp::SetScalar, var.range, slot, scalar);
  f.release();
}

uint32_t HostBuilder::lowerSetup() {
  FunctionBuilder f(*this, "setup");
  std::map<const model::Var *, int> done;
  for (const model::Var &var : program.network->vars)
    setUpValue(f, var, done);
  const auto uniform = [&](const std::deque<model::Var> &vars) {
    for (const model::Var &var : vars)
      if (var.kind != model::VarKind::Derived && var.kind != model::VarKind::Local &&
          (globals.count(&var) || numbering->scalar(var) != none)) {
        global(&var);
        setUpValue(f, var, done);
      }
  };
  // Uniform values may read each other across populations and projections: all have a slot before the first is set up.
  const auto enter = [&](const std::deque<model::Var> &vars) {
    for (const model::Var &var : vars)
      if (var.kind != model::VarKind::Derived && var.kind != model::VarKind::Local &&
          numbering->scalar(var) != none)
        global(&var);
  };
  for (const model::Population &p : program.network->populations)
    enter(p.vars);
  for (const model::Projection &p : program.network->projections)
    enter(p.vars);
  for (const model::Population &p : program.network->populations)
    uniform(p.vars);
  for (const model::Projection &p : program.network->projections)
    uniform(p.vars);
  f.emit(HostOp::End, program.network->range);
  return f.close();
}

std::optional<abi::HostProgram> HostBuilder::finish(const Numbering &n) {
  numbering = &n;
  lowerOptions();
  lowerSweeps();
  out.settings = lowerSettings();
  out.setup = lowerSetup();
  out.main = lowerMain();
  out.globals = static_cast<uint32_t>(out.globalNames.size());
  numbering = nullptr;
  if (refused)
    return std::nullopt;
  return std::move(out);
}

} // namespace snn::codegen::host
