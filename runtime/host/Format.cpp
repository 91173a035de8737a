// How print shows values: numbers with units, arrays in brackets, long ones shortened.
#include "runtime/host/Arrays.h"

#include <cmath>
#include <fmt/args.h>
#include <fmt/format.h>
#include <limits>

namespace snn::rt::host {

namespace {

constexpr int64_t longArray = 1000; ///< longer arrays print their first and last three elements of each axis
constexpr int64_t shownAtEnds = 3;

std::string formatNumber(double x, Kind kind, const std::string &format) {
  if (std::isnan(x))
    x = std::numeric_limits<double>::quiet_NaN(); // its sign says nothing
  if (format.empty()) {
    if (kind == Kind::Bool)
      return x != 0 ? "true" : "false";
    if (kind == Kind::Int)
      return fmt::format("{}", static_cast<int64_t>(x));
    return fmt::format("{:.6g}", x + 0.0);
  }
  const char type = format.back();
  try {
    const bool whole = type == 'd' || type == 'x' || type == 'b' || type == 'o' ||
                       (kind != Kind::Real && (type >= '0' && type <= '9') && format.find('.') == std::string::npos);
    if (whole && x == static_cast<double>(static_cast<int64_t>(x)))
      return fmt::format(fmt::runtime("{:" + format + "}"), static_cast<int64_t>(x));
    return fmt::format(fmt::runtime("{:" + format + "}"), x);
  } catch (const fmt::format_error &e) {
    failModel(fmt::format("the format '{}' does not fit the value: {}", format, e.what()));
  }
}

std::string formatElement(double x, const Value &of, const std::string &format, double scale) {
  return of.kind == Kind::Text ? of.textAt(x) : formatNumber(x / scale, of.kind, format);
}

void formatArray(std::string &out, const Value &v, const std::string &format, double scale, size_t axis,
                 int64_t &offset) {
  const Shape &shape = v.array->shape;
  if (axis == shape.size()) {
    out += formatElement(v.array->data[static_cast<size_t>(offset++)], v, format, scale);
    return;
  }
  int64_t below = 1;
  for (size_t k = axis + 1; k < shape.size(); ++k)
    below *= shape[k];
  const bool shorten = v.count() > longArray && shape[axis] > 2 * shownAtEnds;
  out += '[';
  for (int64_t k = 0; k < shape[axis]; ++k) {
    if (k)
      out += ", ";
    if (shorten && k == shownAtEnds) {
      out += "..., ";
      const int64_t skipped = shape[axis] - 2 * shownAtEnds;
      k += skipped;
      offset += skipped * below;
    }
    formatArray(out, v, format, scale, axis + 1, offset);
  }
  out += ']';
}

} // namespace

std::string format(const Value &v, const std::string &format, const std::string &unit, double unitScale, bool bare) {
  std::string out;
  if (v.kind == Kind::Range)
    return host::format(convert(v, Kind::Int), format, unit, unitScale, bare);
  if (!v.isNumber() && v.kind != Kind::Text)
    return describe(v);
  if (v.isArray()) {
    int64_t offset = 0;
    formatArray(out, v, format, unitScale, 0, offset);
  } else {
    out = formatElement(v.number, v, format, unitScale);
  }
  if (!bare && !unit.empty() && unit != "1")
    out += " " + unit;
  return out;
}

} // namespace snn::rt::host
