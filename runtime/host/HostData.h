// Data sets as values of experiments: a split is a list of sample numbers over what a reader gives.
#pragma once

#include "runtime/data/Dataset.h"
#include "runtime/host/Value.h"

namespace snn::rt::host {

struct DataSetRef {
  std::string name;
  std::shared_ptr<data::Split> train, test; ///< never null; empty where the data set has no such part
};

struct SamplesRef {
  std::shared_ptr<const DataSetRef> set;
  bool test = false;
  /// Sample numbers in their order; null: all in the data set's order.
  std::shared_ptr<const std::vector<int64_t>> order;
  data::Split &source() const { return test ? *set->test : *set->train; }
  int64_t count() const { return order ? static_cast<int64_t>(order->size()) : source().count(); }
  int64_t number(int64_t k) const { return order ? (*order)[static_cast<size_t>(k)] : k; }
};

/// A loop position: over a range, the first axis of an array, or samples.
struct Iterator {
  Value over;
  int64_t at = 0;
  int64_t count() const;
};

Value takeSamples(const Value &samples, int64_t n);
Value skipSamples(const Value &samples, int64_t n);
Value onlySamples(const Value &samples, const Value &labels);
/// A permutation drawn from (seed, stream, call number).
Value shuffleSamples(const Value &samples, uint64_t seed, uint32_t stream, uint64_t call);

} // namespace snn::rt::host
