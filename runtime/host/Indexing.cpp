// a[i, j:k, mask] for reading and writing, [a, b, c], and conversions between the types of numbers.
#include "runtime/host/Arrays.h"

#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

/// Positions along one axis, and whether the axis stays.
struct Axis {
  std::vector<int64_t> positions;
  bool keep = true;
};

int64_t position(int64_t i, int64_t extent, size_t axis, std::string_view what) {
  if (i < -extent || i >= extent)
    fail(ExitCode::divergence,
         fmt::format("index {} is out of range: axis {} of {} has {} elements", i, axis, what, extent));
  return i < 0 ? i + extent : i;
}

Axis sliceAxis(const IndexPart &part, int64_t extent) {
  const int64_t step = part.z ? part.z->asInteger("the step of a slice") : 1;
  if (step == 0)
    failModel("the step of a slice is 0");
  const auto clamp = [&](const Value *v, int64_t missing) {
    if (!v)
      return missing;
    int64_t i = v->asInteger("a bound of a slice");
    i += i < 0 ? extent : 0;
    return step > 0 ? std::min(std::max<int64_t>(i, 0), extent) : std::min(std::max<int64_t>(i, -1), extent - 1);
  };
  const int64_t start = clamp(part.x, step > 0 ? 0 : extent - 1);
  const int64_t stop = clamp(part.y, step > 0 ? extent : -1);
  Axis out;
  for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step)
    out.positions.push_back(i);
  return out;
}

Axis valueAxis(const Value &v, int64_t extent, size_t axis, std::string_view what) {
  Axis out;
  if (!v.isArray()) {
    out.keep = false;
    out.positions.push_back(position(v.asInteger("an index"), extent, axis, what));
    return out;
  }
  if (v.array->shape.size() != 1)
    failModel(fmt::format("an index must be an integer, a slice, or an array with one axis, but it is {}", describe(v)));
  if (v.kind == Kind::Bool) {
    if (v.count() != extent)
      failModel(fmt::format("a mask of {} elements does not fit axis {} of {} with {}", v.count(), axis, what, extent));
    for (int64_t k = 0; k < extent; ++k)
      if (v.elements()[k] != 0)
        out.positions.push_back(k);
    return out;
  }
  for (int64_t k = 0; k < v.count(); ++k)
    out.positions.push_back(
        position(Value::scalar(Kind::Int, v.elements()[k]).asInteger("an index"), extent, axis, what));
  return out;
}

Selection wholeMask(const Shape &shape, const Value &mask) {
  Selection out;
  for (int64_t k = 0; k < mask.count(); ++k)
    if (mask.elements()[k] != 0)
      out.flat.push_back(k);
  out.shape = {static_cast<int64_t>(out.flat.size())};
  return out;
}

} // namespace

Selection select(const Shape &shape, std::span<const IndexPart> parts, std::string_view what) {
  if (parts.size() == 1 && !parts[0].slice && parts[0].x->isArray() && parts[0].x->kind == Kind::Bool &&
      parts[0].x->array->shape == shape)
    return wholeMask(shape, *parts[0].x);
  if (parts.size() > shape.size())
    failModel(fmt::format("{} indices for {}, which has {} axes", parts.size(), what, shape.size()));
  std::vector<Axis> axes;
  int arrays = 0;
  for (size_t k = 0; k < shape.size(); ++k) {
    if (k >= parts.size() || parts[k].slice) {
      axes.push_back(sliceAxis(k < parts.size() ? parts[k] : IndexPart{true}, shape[k]));
    } else {
      arrays += parts[k].x->isArray();
      axes.push_back(valueAxis(*parts[k].x, shape[k], k, what));
    }
  }
  if (arrays > 1)
    failModel("only one index may be an array");
  Selection out;
  out.flat = {0};
  for (size_t k = 0; k < axes.size(); ++k) {
    std::vector<int64_t> next;
    next.reserve(out.flat.size() * axes[k].positions.size());
    for (int64_t base : out.flat)
      for (int64_t i : axes[k].positions)
        next.push_back(base * shape[k] + i);
    out.flat = std::move(next);
    if (axes[k].keep)
      out.shape.push_back(static_cast<int64_t>(axes[k].positions.size()));
  }
  return out;
}

Value index(const Value &base, std::span<const IndexPart> parts) {
  if (!base.isArray())
    failModel(fmt::format("{} cannot be indexed", describe(base)));
  const Selection s = select(base.array->shape, parts, "the array");
  Value v = Value::scalar(base.kind, 0);
  v.texts = base.texts;
  const auto at = [&](size_t k) { return base.array->data[static_cast<size_t>(s.flat[k])]; };
  if (s.shape.empty()) {
    v.number = at(0);
    return v;
  }
  v.array = std::make_shared<Array>(Array{s.shape, std::vector<double>(s.flat.size())});
  for (size_t k = 0; k < s.flat.size(); ++k)
    v.array->data[k] = at(k);
  return v;
}

void setIndex(Value &base, std::span<const IndexPart> parts, const Value &value) {
  if (!base.isNumber() || !base.isArray())
    failModel(fmt::format("{} cannot be indexed", describe(base)));
  const Selection s = select(base.array->shape, parts, "the array");
  const std::vector<double> from = expand(convert(value, base.kind), s.shape, false, "the place");
  std::vector<double> &to = base.own().data;
  for (size_t k = 0; k < from.size(); ++k)
    to[static_cast<size_t>(s.flat[k])] = from[k];
}

Value stack(std::span<const Value> items, Kind kind) {
  Shape shape = {static_cast<int64_t>(items.size())};
  std::vector<double> out;
  std::vector<std::string> texts;
  for (const Value &v : items) {
    if (kind == Kind::Text ? v.kind != Kind::Text : !v.isNumber())
      failModel(fmt::format("an array holds {}, but an element is {}", kind == Kind::Text ? "texts" : "numbers", describe(v)));
    if (v.shape() != items[0].shape())
      failModel(fmt::format("the elements of an array have different shapes: {} and {}", shapeText(items[0].shape()),
                            shapeText(v.shape())));
    out.insert(out.end(), v.elements(), v.elements() + v.count());
    if (v.texts) {
      for (auto place = out.end() - v.count(); place != out.end(); ++place)
        *place += static_cast<double>(texts.size());
      texts.insert(texts.end(), v.texts->begin(), v.texts->end());
    }
  }
  if (!items.empty())
    for (int64_t extent : items[0].shape())
      shape.push_back(extent);
  Value all = Value::ofArray(kind, std::move(shape), std::move(out));
  if (kind == Kind::Text)
    all.texts = std::make_shared<const std::vector<std::string>>(std::move(texts));
  return all;
}

Value concatenated(std::span<const Value> parts) {
  std::vector<double> out;
  const Shape &first = parts[0].shape();
  Shape shape = first;
  Kind kind = parts[0].kind;
  for (const Value &v : parts) {
    if (!v.isArray())
      failModel(fmt::format("concat takes arrays, but one value is {}", describe(v)));
    if (v.shape().size() != first.size() || !std::equal(first.begin() + 1, first.end(), v.shape().begin() + 1))
      failModel(fmt::format("concat: arrays of the shapes {} and {} do not follow each other along their first axis", shapeText(first), shapeText(v.shape())));
    kind = v.kind == kind ? kind : v.kind == Kind::Real || kind == Kind::Real ? Kind::Real : Kind::Int;
    out.insert(out.end(), v.elements(), v.elements() + v.count());
    shape[0] += &v == parts.data() ? 0 : v.shape()[0];
  }
  return Value::ofArray(kind, std::move(shape), std::move(out));
}

Value convert(const Value &v, Kind kind) {
  if (v.kind == Kind::Range && kind != Kind::Range) {
    std::vector<double> out;
    for (int64_t k = 0; k < v.range->count(); ++k)
      out.push_back(static_cast<double>(v.range->start + k * v.range->step));
    const int64_t n = v.range->count();
    return Value::ofArray(kind, {n}, std::move(out));
  }
  if (!v.isNumber() || v.kind == kind || kind == Kind::Real) {
    Value out = v;
    if (v.isNumber())
      out.kind = kind;
    return out;
  }
  Value out = v;
  out.kind = kind;
  const auto one = [&](double x) {
    if (kind == Kind::Bool)
      return x != 0 ? 1.0 : 0.0;
    if (std::floor(x) != x || std::fabs(x) > largestInteger)
      failModel(fmt::format("{:.6g} is not an integer", x));
    return x;
  };
  if (!v.isArray())
    out.number = one(v.number);
  else
    for (double &x : out.own().data)
      x = one(x);
  return out;
}

} // namespace snn::rt::host
