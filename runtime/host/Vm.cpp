// The VM's loop: slots, control flow, and errors with the model's line.
#include "runtime/host/Vm.h"

#include <fmt/format.h>

namespace snn::rt::host {

using abi::HostOp;

Vm::Vm(const abi::HostProgram &p, World &w) : program(p), world(w) {
  globals.resize(program.globals);
  locals.resize(program.functions.empty() ? 0 : program.functions[program.main].slots);
}

Value &Vm::slot(uint32_t number) {
  std::vector<Value> &from = number & abi::hostLocalBit ? *frame : globals;
  const uint32_t k = number & ~abi::hostLocalBit;
  if (k >= from.size())
    fail(ExitCode::internal, fmt::format("slot {} of {} in the host program", k, from.size()));
  return from[k];
}

std::string Vm::atLine(const std::string &message) const {
  const std::string line = where < program.sourceLines.size() ? program.sourceLines[where] : std::string();
  return line.empty() ? message : line + ": " + message;
}

Status Vm::guarded(const std::function<void()> &work) {
  try {
    work();
    return {};
  } catch (const Failure &failure) {
    return Error{failure.code, atLine(failure.message)};
  } catch (const std::bad_alloc &) {
    return Error{ExitCode::resources, atLine("out of memory")};
  }
}

Status Vm::call(uint32_t function, Value *result, std::span<const std::pair<uint32_t, Value>> given) {
  std::vector<Value> *const caller = frame;
  const uint32_t callerLine = where;
  std::vector<Value> own(program.functions[function].slots);
  for (const auto &[number, value] : given)
    own[number & ~abi::hostLocalBit] = value;
  frame = &own;
  const Status status = guarded([&] {
    uint64_t at = 0;
    execute(program.functions[function], at, result, false);
  });
  frame = caller;
  where = callerLine;
  return status;
}

Status Vm::run() {
  frame = &locals;
  return guarded([&] { execute(program.functions[program.main], pc, nullptr, true); });
}

Status Vm::evaluate(uint32_t code, Value &result) {
  const uint32_t callerLine = where;
  frame = &locals;
  const Status status = guarded([&] {
    uint64_t at = code;
    execute(program.functions[program.main], at, &result, false);
  });
  where = callerLine;
  return status;
}

void Vm::execute(const abi::HostFunction &function, uint64_t &at, Value *result, bool isMain) {
  while (at < function.code.size()) {
    const abi::HostInstr &i = function.code[at];
    where = i.where;
    if (i.op == HostOp::End) {
      done |= isMain;
      return;
    }
    if (i.op == HostOp::Return) {
      if (result)
        *result = slot(i.a);
      return;
    }
    if (isMain && (i.op == HostOp::Run || i.op == HostOp::Step)) {
      advance(i);
      if (runEnd >= 0 && world.currentNetwork()->step() < runEnd)
        return; // stopped by a signal: the run goes on from here
      runEnd = -1;
      ++at;
      if (world.stopped())
        return;
      continue;
    }
    const uint64_t from = at;
    if (!control(i, at))
      ++at;
    if (isMain && at < from && world.stopped())
      return; // a loop that does not run the network can be stopped too
  }
}

bool Vm::control(const abi::HostInstr &i, uint64_t &at) {
  switch (i.op) {
  case HostOp::Jump:
    at = i.a;
    return true;
  case HostOp::JumpIf:
  case HostOp::JumpUnless:
    if (slot(i.a).asBool() != (i.op == HostOp::JumpIf))
      return false;
    at = i.b;
    return true;
  case HostOp::IfKnown:
    if (slot(i.a).kind == Kind::None)
      return false;
    at = i.b;
    return true;
  case HostOp::ForBegin: {
    Value v;
    v.kind = Kind::Iterator;
    v.iterator = std::make_shared<Iterator>(Iterator{slot(i.b), 0});
    v.iterator->count(); // checks that it can be iterated
    slot(i.a) = std::move(v);
    return false;
  }
  case HostOp::ForNext:
    if (next(i))
      return false;
    at = i.b;
    return true;
  case HostOp::UntilNext:
    if (net().step() >= slot(i.a).asInteger("the end of a run"))
      return false;
    at = i.b;
    return true;
  default:
    value(i);
    return false;
  }
}

bool Vm::next(const abi::HostInstr &i) {
  Iterator &iterator = *slot(i.a).iterator;
  if (iterator.at >= iterator.count())
    return false;
  world.turn(iterator);
  const int64_t k = iterator.at++;
  const Value &over = iterator.over;
  if (over.kind == Kind::Range) {
    slot(i.list[0]) = Value::integer(over.range->start + k * over.range->step);
  } else if (over.kind == Kind::Samples) {
    const SamplesRef &samples = *over.samples;
    std::vector<double> x;
    if (Status s = samples.source().read(samples.number(k), x); !s.ok())
      fail(s.error().code, s.error().message);
    slot(i.list[0]) = Value::ofArray(Kind::Real, samples.source().shape(), std::move(x));
    if (i.list.size() > 1) {
      const Result<int64_t> label = samples.source().label(samples.number(k));
      if (!label.ok())
        fail(label.error().code, label.error().message);
      slot(i.list[1]) = Value::integer(label.value());
    }
  } else {
    const Value at = Value::integer(k);
    IndexPart part;
    part.x = &at;
    slot(i.list[0]) = index(over, {&part, 1});
  }
  return true;
}

int64_t Iterator::count() const {
  if (over.kind == Kind::Range)
    return over.range->count();
  if (over.kind == Kind::Samples)
    return over.samples->count();
  if (over.isArray() && !over.array->shape.empty())
    return over.array->shape[0];
  failModel(fmt::format("a `for` goes over a range, an array or samples of a data set, not over {}", describe(over)));
}

std::vector<Value> Vm::values(std::span<const uint32_t> slots) {
  std::vector<Value> out;
  out.reserve(slots.size());
  for (uint32_t s : slots)
    out.push_back(slot(s).kind == Kind::Range ? convert(slot(s), Kind::Int) : slot(s));
  return out;
}

std::vector<IndexPart> Vm::parts(std::span<const uint32_t> list) {
  std::vector<IndexPart> out;
  const auto optional = [&](uint32_t s) { return s == abi::hostNone ? nullptr : &slot(s); };
  for (size_t k = 0; k + 4 <= list.size(); k += 4)
    out.push_back({list[k] == static_cast<uint32_t>(abi::HostIndexKind::Slice), optional(list[k + 1]),
                   optional(list[k + 2]), optional(list[k + 3])});
  return out;
}

} // namespace snn::rt::host
