// Instructions on values: constants, arithmetic, arrays, texts.
#include "runtime/host/Vm.h"

#include <fmt/format.h>

namespace snn::rt::host {

using abi::HostOp;

namespace {

Kind kindOf(uint32_t constantKind) {
  switch (static_cast<abi::HostConstant::Kind>(constantKind)) {
  case abi::HostConstant::Int:
    return Kind::Int;
  case abi::HostConstant::Bool:
    return Kind::Bool;
  case abi::HostConstant::Text:
    return Kind::Text;
  case abi::HostConstant::Real:
    return Kind::Real;
  }
  return Kind::Real;
}

Shape shapeOf(const Value &v) {
  Shape shape;
  for (int64_t k = 0; k < v.count(); ++k)
    shape.push_back(Value::scalar(Kind::Real, v.elements()[k]).asInteger("an extent"));
  return shape;
}

} // namespace

void Vm::value(const abi::HostInstr &i) {
  switch (i.op) {
  case HostOp::Const: {
    const abi::HostConstant &c = program.constants[i.b];
    slot(i.a) = c.kind == abi::HostConstant::Text ? Value::ofText(c.text) : Value::scalar(kindOf(c.kind), c.number);
    return;
  }
  case HostOp::Move:
    slot(i.a) = Value(slot(i.b));
    return;
  case HostOp::Apply: {
    Value v = apply(static_cast<abi::HostFn>(i.sub), values(i.list), kindOf(i.c));
    slot(i.a) = std::move(v);
    return;
  }
  case HostOp::Call:
    return callLibrary(i);
  case HostOp::Draw:
    return draw(i);
  case HostOp::Convert: {
    Value v = convert(slot(i.b), kindOf(i.sub));
    slot(i.a) = std::move(v);
    return;
  }
  case HostOp::Format:
    return formatText(i);
  case HostOp::Time:
    slot(i.a) = Value::real(world.currentNetwork() ? world.currentNetwork()->timeMs() : 0);
    return;
  case HostOp::Dt:
    slot(i.a) = Value::real(world.dt());
    return;
  case HostOp::Seed:
    slot(i.a) = Value::integer(static_cast<int64_t>(world.seed()));
    return;
  default:
    return arrayOp(i);
  }
}

void Vm::arrayOp(const abi::HostInstr &i) {
  switch (i.op) {
  case HostOp::Array:
    slot(i.a) = stack(values(i.list), kindOf(i.sub));
    return;
  case HostOp::Full: {
    const Shape shape = shapeOf(slot(i.c));
    const Value from = convert(slot(i.b), kindOf(i.sub));
    slot(i.a) = Value::ofArray(kindOf(i.sub), shape, expand(from, shape, false, "the array"));
    return;
  }
  case HostOp::Index: {
    Value v = index(slot(i.b).kind == Kind::Range ? convert(slot(i.b), Kind::Int) : slot(i.b), parts(i.list));
    slot(i.a) = std::move(v);
    return;
  }
  case HostOp::SetIndex:
    return setIndex(slot(i.a), parts(i.list), Value(slot(i.b)));
  case HostOp::ShapeOf:
    slot(i.a) = shapeValue(slot(i.b).shape());
    return;
  default:
    return effect(i);
  }
}

void Vm::formatText(const abi::HostInstr &i) {
  std::string text;
  for (size_t k = 0; k + 6 <= i.list.size(); k += 6) {
    const uint32_t *part = &i.list[k];
    if (part[0] != abi::hostNone)
      text += textConstant(part[0]);
    else
      text += format(slot(part[1]), textConstant(part[2]), textConstant(part[3]), program.constants[part[4]].number,
                     program.constants[part[5]].number != 0);
  }
  slot(i.a) = Value::ofText(std::move(text));
}

} // namespace snn::rt::host
