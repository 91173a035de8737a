// NumPy-like operations on the values of experiments. Shapes broadcast from the last axis; every error is a Failure.
#pragma once

#include "runtime/abi/HostProgram.h"
#include "runtime/host/Value.h"

#include <span>

namespace snn::rt::host {

/// The shape that two shapes broadcast to.
Shape broadcast(const Shape &a, const Shape &b);
/// The elements of `v` repeated to `shape`, which `v` must broadcast to. If the shapes do not fit but the numbers of
/// elements agree, the elements in order when `byCount` is set (an image given to cells).
std::vector<double> expand(const Value &v, const Shape &shape, bool byCount, std::string_view what);

/// fn applied element by element; `kind` is the result's type as the compiler found it.
Value apply(abi::HostFn fn, std::span<const Value> args, Kind kind);
/// One element; used by apply.
double applyScalar(abi::HostFn fn, const double *x);

/// One index part: a value (an integer, an array of integers, a mask) or a slice with `present` bits for its numbers.
struct IndexPart {
  bool slice = false;
  const Value *x = nullptr, *y = nullptr, *z = nullptr; ///< null: left out
};
Value index(const Value &base, std::span<const IndexPart> parts);
void setIndex(Value &base, std::span<const IndexPart> parts, const Value &value);
/// Flat indices and shape of a selection in a thing of shape `shape`.
struct Selection {
  std::vector<int64_t> flat;
  Shape shape;
};
Selection select(const Shape &shape, std::span<const IndexPart> parts, std::string_view what);

/// [a, b, c]: items of one shape, along a new first axis.
Value stack(std::span<const Value> items, Kind kind);
/// Arrays one after the other along their first axis; the others must be of one size.
Value concatenated(std::span<const Value> parts);
/// Rounds or checks: to Int only whole numbers, to Bool anything but 0 is true.
Value convert(const Value &v, Kind kind);

/// sum mean std max min argmax argmin any all over everything, or over `axis` (an integer Value).
Value reduce(abi::HostCallee which, const Value &v, const Value *axis);
Value transpose(const Value &v);
Value matmul(const Value &a, const Value &b);
/// Solves a x = b for a square matrix a by LU with partial pivoting.
Value solve(const Value &a, const Value &b);
/// Linear interpolation between order statistics, like NumPy's default.
Value quantile(const Value &v, const Value &q);
/// Sums up to each element, along the last axis.
Value cumulated(const Value &v);
/// Ascending along the last axis, NaN last.
Value sorted(const Value &v);
/// Of two arrays of one size: a·b / (|a| |b|), and the same of their deviations from the mean (Pearson). NaN without a length.
Value cosine(const Value &a, const Value &b);
Value correlation(const Value &a, const Value &b);
/// How many values lie in [edges[k], edges[k + 1]), the last bin with its end; others are not counted.
Value histogram(const Value &v, const Value &edges);
Value softmax(const Value &v);
/// Mean over the rows of -log(softmax(scores)[label]).
Value crossEntropy(const Value &scores, const Value &labels);

/// Text of a value: `format` as in {e:.3f}, `unit` behind it (also behind an array); empty format: up to 6 digits.
std::string format(const Value &v, const std::string &format, const std::string &unit, double unitScale, bool bare);

} // namespace snn::rt::host
