// Selections of samples: take, skip, only.
#include "runtime/host/HostData.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

const SamplesRef &samplesOf(const Value &v) {
  if (v.kind != Kind::Samples)
    failModel(fmt::format("samples of a data set are needed, not {}", describe(v)));
  return *v.samples;
}

Value withOrder(const SamplesRef &from, std::vector<int64_t> order) {
  Value v;
  v.kind = Kind::Samples;
  v.samples = std::make_shared<SamplesRef>(
      SamplesRef{from.set, from.test, std::make_shared<const std::vector<int64_t>>(std::move(order))});
  return v;
}

std::vector<int64_t> slice(const SamplesRef &samples, int64_t begin, int64_t end) {
  std::vector<int64_t> order;
  for (int64_t k = begin; k < end; ++k)
    order.push_back(samples.number(k));
  return order;
}

} // namespace

Value takeSamples(const Value &v, int64_t n) {
  const SamplesRef &samples = samplesOf(v);
  if (n < 0 || n > samples.count())
    failModel(fmt::format("take({}): the data set {} has {} {} samples", n, samples.set->name, samples.count(),
                          samples.test ? "test" : "training"));
  return withOrder(samples, slice(samples, 0, n));
}

Value skipSamples(const Value &v, int64_t n) {
  const SamplesRef &samples = samplesOf(v);
  if (n < 0)
    failModel(fmt::format("skip({}): a number of samples is not negative", n));
  return withOrder(samples, slice(samples, std::min(n, samples.count()), samples.count()));
}

Value onlySamples(const Value &v, const Value &labels) {
  const SamplesRef &samples = samplesOf(v);
  if (!labels.isNumber())
    failModel(fmt::format("only(…) takes labels, not {}", describe(labels)));
  std::vector<int64_t> order;
  for (int64_t k = 0; k < samples.count(); ++k) {
    const Result<int64_t> label = samples.source().label(samples.number(k));
    if (!label.ok())
      fail(label.error().code, label.error().message);
    const double wanted = static_cast<double>(label.value());
    if (std::find(labels.elements(), labels.elements() + labels.count(), wanted) != labels.elements() + labels.count())
      order.push_back(samples.number(k));
  }
  return withOrder(samples, std::move(order));
}

} // namespace snn::rt::host
