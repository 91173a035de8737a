// NumPy's .npy files. Format:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "runtime/data/ArrayFile.h"
#include "runtime/data/InputFile.h"
#include "runtime/data/NpyHeader.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

namespace snn::rt::data {

namespace {

uint64_t bits(const uint8_t *p, int bytes, bool bigEndian) {
  uint64_t x = 0;
  for (int k = 0; k < bytes; ++k)
    x |= static_cast<uint64_t>(p[bigEndian ? bytes - 1 - k : k]) << (8 * k);
  return x;
}

double half(uint16_t h) {
  const int exponent = h >> 10 & 31, fraction = h & 1023;
  double x = exponent == 0    ? std::ldexp(fraction, -24)
             : exponent == 31 ? (fraction ? std::nan("") : HUGE_VAL)
                              : std::ldexp(1024 + fraction, exponent - 25);
  return h & 0x8000 ? -x : x;
}

/// Fortran order to row-major.
std::vector<double> transposed(const std::vector<double> &from, const std::vector<int64_t> &shape) {
  std::vector<double> out(from.size());
  std::vector<int64_t> index(shape.size(), 0);
  for (const double x : from) {
    size_t at = 0;
    for (size_t k = 0; k < shape.size(); ++k)
      at = at * static_cast<size_t>(shape[k]) + static_cast<size_t>(index[k]);
    out[at] = x;
    for (size_t k = 0; k < shape.size() && ++index[k] == shape[k]; ++k)
      index[k] = 0;
  }
  return out;
}

Result<std::string> readHeaderText(Input &file) {
  uint8_t head[8];
  if (Status s = file.read(head, 8); !s.ok())
    return s.error();
  if (std::memcmp(head, "\x93NUMPY", 6) != 0)
    return file.wrongAt(0, "not a .npy file: it does not begin with \\x93NUMPY");
  const int version = head[6];
  if (version < 1 || version > 3)
    return file.wrongAt(6, fmt::format("version {} of the format; 1 to 3 can be read", version));
  uint8_t length[4] = {0, 0, 0, 0};
  if (Status s = file.read(length, version == 1 ? 2 : 4); !s.ok())
    return s.error();
  const uint64_t bytes = bits(length, 4, false);
  if (bytes > (1 << 20))
    return file.wrongAt(8, fmt::format("a header of {} bytes; at most 1 MiB expected", bytes));
  std::vector<uint8_t> text;
  if (Status s = file.read(text, bytes); !s.ok())
    return s.error();
  return std::string(text.begin(), text.end());
}

} // namespace

Result<NpyHeader> readNpyHeader(Input &file) {
  const Result<std::string> text = readHeaderText(file);
  if (!text.ok())
    return text.error();
  std::string wrong;
  std::optional<NpyHeader> header = parseNpyHeader(text.value(), wrong);
  if (!header)
    return file.wrongAt(10, wrong);
  header->count = 1;
  for (int64_t n : header->shape)
    if (__builtin_mul_overflow(header->count, static_cast<uint64_t>(n), &header->count))
      return file.wrong("the product of the shape overflows");
  if (__builtin_mul_overflow(header->count, static_cast<uint64_t>(header->bytes), &header->size))
    return file.wrong("the product of the shape overflows");
  const uint64_t left = file.mostLeft();
  if (header->size > left || (!file.packed() && header->size != left))
    return file.wrong(fmt::format("{} bytes of elements expected after the header, {} found",
                                  header->size, left));
  return std::move(*header);
}

double npyElement(const uint8_t *p, const NpyHeader &header) {
  const uint64_t x = bits(p, header.bytes, header.bigEndian);
  switch (header.kind) {
  case 'f':
    return header.bytes == 8   ? std::bit_cast<double>(x)
           : header.bytes == 4 ? std::bit_cast<float>(static_cast<uint32_t>(x))
                               : half(static_cast<uint16_t>(x));
  case 'i': {
    const int shift = 64 - 8 * header.bytes;
    return static_cast<double>(static_cast<int64_t>(x << shift) >> shift);
  }
  case 'b':
    return x != 0;
  }
  return static_cast<double>(x); // 'u'
}

Result<Array> readNpy(Input &file) {
  const Result<NpyHeader> found = readNpyHeader(file);
  if (!found.ok())
    return found.error();
  const NpyHeader &header = found.value();
  std::vector<uint8_t> raw;
  if (Status s = file.read(raw, header.size); !s.ok())
    return s.error();
  if (Status s = file.expectEnd(); !s.ok())
    return s.error();
  Array array;
  array.element = header.kind == 'f'   ? Element::Real
                  : header.kind == 'b' ? Element::Bool
                                       : Element::Int;
  array.shape = header.shape;
  array.values.resize(header.count);
  const bool wide = (header.kind == 'i' || header.kind == 'u') && header.bytes == 8;
  for (uint64_t k = 0; k < header.count; ++k) {
    array.values[k] = npyElement(raw.data() + k * static_cast<uint64_t>(header.bytes), header);
    if (wide && std::fabs(array.values[k]) > largestExact)
      return file.wrongAt(file.position() - header.size + 8 * k,
                          "an integer beyond 2^53 cannot be held exactly");
  }
  if (header.fortran && header.shape.size() > 1)
    array.values = transposed(array.values, header.shape);
  return array;
}

Result<Array> readNpy(const std::string &path) {
  Result<InputFile> file = InputFile::open(path);
  return file.ok() ? readNpy(file.value()) : file.error();
}

} // namespace snn::rt::data
