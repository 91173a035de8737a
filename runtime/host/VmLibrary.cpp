// Library functions of experiments: of arrays, of samples of data sets.
#include "runtime/host/Vm.h"

#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

using abi::HostCallee;

const Value &Vm::argument(const abi::HostInstr &i, size_t k) {
  if (k >= i.list.size())
    fail(ExitCode::internal, "a library function lacks an argument");
  return slot(i.list[k]);
}

Value Vm::numbers(const abi::HostInstr &i, size_t k) {
  const Value &v = argument(i, k);
  return convert(v, v.kind == Kind::Range ? Kind::Int : v.kind);
}

void Vm::callLibrary(const abi::HostInstr &i) {
  const auto callee = static_cast<HostCallee>(i.sub);
  Value result;
  switch (callee) {
  case HostCallee::Len:
  case HostCallee::Shape:
  case HostCallee::Whole:
  case HostCallee::Range:
    result = callSize(callee, i);
    break;
  case HostCallee::SameText:
    result = Value::scalar(Kind::Bool, argument(i, 0).asText("a text") == argument(i, 1).asText("a text"));
    break;
  case HostCallee::Transpose:
    result = transpose(argument(i, 0));
    break;
  case HostCallee::Quantile:
    result = quantile(numbers(i, 0), argument(i, 1));
    break;
  case HostCallee::Sort:
    result = sorted(numbers(i, 0));
    break;
  case HostCallee::Cumsum:
    result = cumulated(numbers(i, 0));
    break;
  case HostCallee::Concat: {
    std::vector<Value> parts;
    for (size_t k = 0; k < i.list.size(); ++k)
      parts.push_back(numbers(i, k));
    result = concatenated(parts);
    break;
  }
  case HostCallee::Cosine:
    result = cosine(numbers(i, 0), numbers(i, 1));
    break;
  case HostCallee::Corr:
    result = correlation(numbers(i, 0), numbers(i, 1));
    break;
  case HostCallee::Histogram:
    result = histogram(numbers(i, 0), numbers(i, 1));
    break;
  case HostCallee::Matmul:
    result = matmul(numbers(i, 0), numbers(i, 1));
    break;
  case HostCallee::Solve:
    result = solve(argument(i, 0), numbers(i, 1));
    break;
  case HostCallee::Softmax:
    result = softmax(argument(i, 0));
    break;
  case HostCallee::CrossEntropy:
    result = crossEntropy(argument(i, 0), argument(i, 1));
    break;
  case HostCallee::Sum:
  case HostCallee::Mean:
  case HostCallee::Std:
  case HostCallee::Max:
  case HostCallee::Min:
  case HostCallee::Argmax:
  case HostCallee::Argmin:
  case HostCallee::Any:
  case HostCallee::All:
    result = reduce(callee, numbers(i, 0), i.list.size() > 1 ? &argument(i, 1) : nullptr);
    break;
  case HostCallee::Train:
  case HostCallee::Test:
  case HostCallee::Take:
  case HostCallee::Skip:
  case HostCallee::Shuffled:
  case HostCallee::Only:
    result = callSamples(callee, i);
    break;
  }
  slot(i.a) = std::move(result);
}

Value Vm::callSize(HostCallee callee, const abi::HostInstr &i) {
  const Value &first = argument(i, 0);
  if (callee == HostCallee::Len)
    return Value::integer(first.kind == Kind::Cells ? countOf(first.cells->shape) : Iterator{first}.count());
  if (callee == HostCallee::Shape)
    return shapeValue(first.shape());
  if (callee == HostCallee::Whole) { // with what was written; n * 4 / 5 may miss a whole number by its rounding
    const double x = first.asNumber("a number of cells"), nearest = std::round(x);
    if (!(std::fabs(x - nearest) <= 1e-9 * std::max(1.0, std::fabs(x))))
      failModel(fmt::format("`{}` is {:g}, but cells are counted in whole numbers", argument(i, 1).asText("what was written"), x));
    return Value::scalar(Kind::Int, nearest);
  }
  const size_t n = i.list.size();
  Range r;
  r.start = n > 1 ? first.asInteger("the start of a range") : 0;
  r.stop = argument(i, n > 1 ? 1 : 0).asInteger("the end of a range");
  r.step = n > 2 ? argument(i, 2).asInteger("the step of a range") : 1;
  if (r.step == 0)
    failModel("the step of a range is 0");
  return Value::ofRange(r);
}

Value Vm::callSamples(HostCallee callee, const abi::HostInstr &i) {
  const Value &first = argument(i, 0);
  if (callee == HostCallee::Train || callee == HostCallee::Test) {
    if (first.kind != Kind::DataSet)
      failModel(fmt::format("a data set is needed, not {}", describe(first)));
    Value result;
    result.kind = Kind::Samples;
    result.samples = std::make_shared<SamplesRef>(SamplesRef{first.dataSet, callee == HostCallee::Test, nullptr});
    return result;
  }
  if (callee == HostCallee::Take)
    return takeSamples(first, argument(i, 1).asInteger("a number of samples"));
  if (callee == HostCallee::Skip)
    return skipSamples(first, argument(i, 1).asInteger("a number of samples"));
  if (callee == HostCallee::Shuffled)
    return shuffleSamples(first, world.seed(), streamOf("shuffled/" + program.name), draws[abi::hostNone]++);
  Value chosen = onlySamples(first, numbers(i, 1));
  if (chosen.samples->count() == 0 && emptyAt.insert(where).second)
    world.warn(atLine("no sample has one of these labels: nothing is left"));
  return chosen;
}

} // namespace snn::rt::host
