// Random numbers of experiments: counter-based, named by (seed, place in the text, number of the draw at this place).
#include "runtime/abi/Rules.h"
#include "runtime/device/DeviceApi.h"
#include "runtime/host/Vm.h"

#include <fmt/format.h>

namespace snn::rt::host {

/// FNV-1a; streams of experiments and of set-up have names of their own.
uint32_t streamOf(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

namespace {

/// Parameters that no distribution of this kind has.
void checkParameters(abi::HostDistribution which, double a, double b) {
  static constexpr std::pair<std::string_view, int> spellings[] = {{"uniform", 2}, {"normal", 2}, {"exponential", 1}, {"gamma", 2}, {"lognormal", 2}, {"poisson", 1}, {"bernoulli", 1}};
  static_assert(static_cast<int>(abi::Rule::Bernoulli) == static_cast<int>(abi::HostDistribution::Bernoulli));
  const auto rule = static_cast<abi::Rule>(which);
  if (abi::holds(rule, a, b))
    return;
  const auto [name, arguments] = spellings[static_cast<size_t>(which)];
  fail(ExitCode::divergence, arguments == 2 ? fmt::format("{}({:.6g}, {:.6g}): {}", name, a, b, abi::says(rule)) : fmt::format("{}({:.6g}): {}", name, a, abi::says(rule)));
}

double drawOne(abi::HostDistribution which, uint64_t seed, uint32_t stream, int64_t element, double a, double b) {
  switch (which) {
  case abi::HostDistribution::Uniform: return snn_dev_draw_uniform_f64(a, b, seed, stream, 0, element);
  case abi::HostDistribution::Normal: return snn_dev_draw_normal_f64(a, b, seed, stream, 0, element);
  case abi::HostDistribution::Exponential: return snn_dev_draw_exponential_f64(a, seed, stream, 0, element);
  case abi::HostDistribution::Gamma: return snn_dev_draw_gamma_f64(a, b, seed, stream, 0, element);
  case abi::HostDistribution::LogNormal: return snn_dev_draw_lognormal_f64(a, b, seed, stream, 0, element);
  case abi::HostDistribution::Poisson: return snn_dev_draw_poisson_f64(a, seed, stream, 0, element);
  case abi::HostDistribution::Bernoulli: return snn_dev_draw_bernoulli_f64(a, seed, stream, 0, element) != 0;
  }
  return 0;
}

Kind kindOf(abi::HostDistribution which) {
  switch (which) {
  case abi::HostDistribution::Poisson:
    return Kind::Int;
  case abi::HostDistribution::Bernoulli:
    return Kind::Bool;
  case abi::HostDistribution::Uniform:
  case abi::HostDistribution::Normal:
  case abi::HostDistribution::Exponential:
  case abi::HostDistribution::Gamma:
  case abi::HostDistribution::LogNormal:
    break;
  }
  return Kind::Real;
}

Shape shapeOf(const Value &v) {
  Shape shape;
  for (int64_t k = 0; k < v.count(); ++k)
    shape.push_back(static_cast<int64_t>(v.elements()[k]));
  return shape;
}

} // namespace

void Vm::draw(const abi::HostInstr &i) {
  const auto which = static_cast<abi::HostDistribution>(i.sub);
  const bool inMain = frame == &locals;
  const uint32_t site = inMain ? i.b : i.b | 0x80000000u; // set-up numbers its places by itself
  const uint32_t random =
      streamOf(fmt::format("{}#{}", inMain ? "experiment/" + program.name : std::string("network"), i.b));
  const std::vector<Value> args = values(i.list);
  Shape shape = i.c == abi::hostNone ? Shape{} : shapeOf(slot(i.c));
  for (const Value &v : args)
    shape = broadcast(shape, v.shape());
  uint64_t &counter = draws[site];
  const auto drawAt = [&](double a, double b) {
    checkParameters(which, a, b);
    return drawOne(which, world.seed(), random, static_cast<int64_t>(counter++), a, b);
  };
  if (shape.empty()) {
    const double a = args.empty() ? 0 : args[0].asNumber("a parameter of a draw");
    slot(i.a) = Value::scalar(kindOf(which), drawAt(a, args.size() > 1 ? args[1].asNumber("a parameter of a draw") : 0));
    return;
  }
  const size_t n = static_cast<size_t>(countOf(shape));
  std::vector<std::vector<double>> parameters;
  for (const Value &v : args)
    parameters.push_back(expand(v, shape, false, "a draw"));
  std::vector<double> out(n);
  for (size_t k = 0; k < n; ++k)
    out[k] = drawAt(parameters.empty() ? 0 : parameters[0][k], parameters.size() > 1 ? parameters[1][k] : 0);
  slot(i.a) = Value::ofArray(kindOf(which), std::move(shape), std::move(out));
}

/// Fisher and Yates, from the last place down.
Value shuffleSamples(const Value &v, uint64_t seed, uint32_t stream, uint64_t call) {
  if (v.kind != Kind::Samples)
    failModel(fmt::format("samples of a data set are needed, not {}", describe(v)));
  const SamplesRef &samples = *v.samples;
  std::vector<int64_t> order;
  for (int64_t k = 0; k < samples.count(); ++k)
    order.push_back(samples.number(k));
  for (int64_t k = samples.count() - 1; k > 0; --k) {
    const double u = snn_dev_draw_uniform_f64(0, static_cast<double>(k + 1), seed, stream, call, static_cast<uint64_t>(k));
    const int64_t other = std::min(static_cast<int64_t>(u), k);
    std::swap(order[static_cast<size_t>(k)], order[static_cast<size_t>(other)]);
  }
  Value out;
  out.kind = Kind::Samples;
  out.samples = std::make_shared<SamplesRef>(
      SamplesRef{samples.set, samples.test, std::make_shared<const std::vector<int64_t>>(std::move(order))});
  return out;
}

} // namespace snn::rt::host
