// Instructions on values: constants, arithmetic, arrays, texts, draws, library functions, set-up.
#include "runtime/host/Vm.h"

#include <cmath>
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

Value shapeValue(const Shape &shape) {
  std::vector<double> extents(shape.begin(), shape.end());
  const int64_t n = static_cast<int64_t>(extents.size());
  return Value::ofArray(Kind::Int, {n}, std::move(extents));
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

void Vm::callLibrary(const abi::HostInstr &i) {
  using abi::HostCallee;
  const auto callee = static_cast<HostCallee>(i.sub);
  const auto arg = [&](size_t k) -> const Value & {
    if (k >= i.list.size())
      fail(ExitCode::internal, "a library function lacks an argument");
    return slot(i.list[k]);
  };
  const auto number = [&](size_t k) { return convert(arg(k), arg(k).kind == Kind::Range ? Kind::Int : arg(k).kind); };
  const size_t n = i.list.size();
  Value result;
  switch (callee) {
  case HostCallee::Len:
    result = Value::integer(arg(0).kind == Kind::Cells ? countOf(arg(0).cells->shape) : Iterator{arg(0)}.count());
    break;
  case HostCallee::Shape:
    result = shapeValue(arg(0).shape());
    break;
  case HostCallee::Whole: { // with what was written; n * 4 / 5 may miss a whole number by its rounding
    const double x = arg(0).asNumber("a number of cells"), nearest = std::round(x);
    if (!(std::fabs(x - nearest) <= 1e-9 * std::max(1.0, std::fabs(x))))
      failModel(fmt::format("`{}` is {:g}, but cells are counted in whole numbers", arg(1).asText("what was written"), x));
    result = Value::scalar(Kind::Int, nearest);
    break;
  }
  case HostCallee::Transpose:
    result = transpose(arg(0));
    break;
  case HostCallee::Quantile:
    result = quantile(number(0), arg(1));
    break;
  case HostCallee::Matmul:
    result = matmul(number(0), number(1));
    break;
  case HostCallee::Solve:
    result = solve(arg(0), number(1));
    break;
  case HostCallee::Softmax:
    result = softmax(arg(0));
    break;
  case HostCallee::CrossEntropy:
    result = crossEntropy(arg(0), arg(1));
    break;
  case HostCallee::Range: {
    Range r;
    r.start = n > 1 ? arg(0).asInteger("the start of a range") : 0;
    r.stop = arg(n > 1 ? 1 : 0).asInteger("the end of a range");
    r.step = n > 2 ? arg(2).asInteger("the step of a range") : 1;
    if (r.step == 0)
      failModel("the step of a range is 0");
    result = Value::ofRange(r);
    break;
  }
  case HostCallee::Sum:
  case HostCallee::Mean:
  case HostCallee::Max:
  case HostCallee::Min:
  case HostCallee::Argmax:
  case HostCallee::Argmin:
  case HostCallee::Any:
  case HostCallee::All:
    result = reduce(callee, number(0), n > 1 ? &arg(1) : nullptr);
    break;
  case HostCallee::Train:
  case HostCallee::Test: {
    if (arg(0).kind != Kind::DataSet)
      failModel(fmt::format("a data set is needed, not {}", describe(arg(0))));
    result.kind = Kind::Samples;
    result.samples = std::make_shared<SamplesRef>(SamplesRef{arg(0).dataSet, callee == HostCallee::Test, nullptr});
    break;
  }
  case HostCallee::Take:
    result = takeSamples(arg(0), arg(1).asInteger("a number of samples"));
    break;
  case HostCallee::Skip:
    result = skipSamples(arg(0), arg(1).asInteger("a number of samples"));
    break;
  case HostCallee::Shuffled:
    result = shuffleSamples(arg(0), world.seed(), streamOf("shuffled/" + program.name), draws[abi::hostNone]++);
    break;
  case HostCallee::Only:
    result = onlySamples(arg(0), number(1));
    break;
  }
  slot(i.a) = std::move(result);
}

} // namespace snn::rt::host
