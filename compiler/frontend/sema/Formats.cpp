// A format of C++20's std::format, taken apart: [[fill]align][sign][#][0][width][.precision][type].
#include <fmt/format.h>
#include "compiler/frontend/sema/Formats.h"

namespace snn::sema {

namespace {

struct Format {
  bool good = false, precision = false;
  char type = 0;
};

size_t characterEnd(std::string_view text, size_t k) {
  for (++k; k < text.size() && (static_cast<unsigned char>(text[k]) & 0xc0) == 0x80;)
    ++k;
  return k;
}

Format read(std::string_view text) {
  constexpr size_t mostDigits = 4; // of a width: nobody prints more than 9999 places
  Format out;
  size_t k = 0;
  const auto skip = [&](std::string_view any) {
    const bool there = k < text.size() && any.find(text[k]) != std::string_view::npos;
    k += there;
    return there;
  };
  const auto digits = [&] {
    const size_t from = k;
    while (skip("0123456789"))
      ;
    return k - from;
  };
  const size_t fill = text.empty() ? 0 : characterEnd(text, 0);
  if (fill < text.size() && std::string_view("<>^").find(text[fill]) != std::string_view::npos)
    k = fill + 1;
  else
    skip("<>^");
  skip("+- ");
  skip("#");
  const size_t width = digits();
  out.precision = skip(".");
  const size_t places = out.precision ? digits() : 1;
  if (k < text.size())
    out.type = text[k++];
  out.good = k == text.size() && width <= mostDigits && places >= 1 && places <= mostDigits;
  return out;
}

} // namespace

bool formatFits(std::string_view format, const expr::Type &type, source::Range range, diag::Engine &diagnostics) {
  if (format.empty() || !type.isNumber())
    return true;
  const Format f = read(format);
  const bool whole = f.type && std::string_view("dxXbBo").find(f.type) != std::string_view::npos;
  const bool known = !f.type || whole || std::string_view("aAeEfFgG").find(f.type) != std::string_view::npos;
  if (!f.good || !known || (whole && f.precision)) {
    const size_t unit = format.find(" in ");
    diagnostics.report(diag::Id::badString, range, "`{}` is not a format of a number", format)
        .mend(unit != std::string_view::npos ? fmt::format("the unit stands before the format: `{{…{}:{}}}`", format.substr(unit), format.substr(0, unit))
                                             : "a width, a precision and a letter, as in `8.3f`, `.2e`, `5d`");
    return false;
  }
  if (!whole || type.base != expr::Base::Real)
    return true;
  diagnostics.report(diag::Id::typeMismatch, range, "the format `{}` takes a whole number, this is a real number", format)
      .mend("print `round(…)` of it, or take a format of real numbers such as `.0f`");
  return false;
}

} // namespace snn::sema
