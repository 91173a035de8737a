// Elements of buffers as numbers, whatever their type.
#pragma once

#include "runtime/core/NetworkImpl.h"

#include <cmath>
#include <type_traits>

namespace snn::rt {

/// Calls `use` with a pointer to the first element, by its type: once for all elements.
template <class Use> void withElements(void *data, abi::Elem elem, Precision precision, Use use) {
  switch (elem) {
  case abi::Elem::Real:
    return precision == Precision::Float ? use(static_cast<float *>(data)) : use(static_cast<double *>(data));
  case abi::Elem::F64:
    return use(static_cast<double *>(data));
  case abi::Elem::I32:
    return use(static_cast<int32_t *>(data));
  case abi::Elem::I64:
    return use(static_cast<int64_t *>(data));
  case abi::Elem::U8:
    return use(static_cast<uint8_t *>(data));
  }
}

template <class T> T stored(double value) {
  if constexpr (std::is_same_v<T, uint8_t>)
    return value != 0;
  else if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::llround(value));
  else
    return static_cast<T>(value);
}

template <class Use> void byType(const BufferMemory &buffer, Precision precision, Use use) {
  withElements(buffer.block.data(), buffer.elem, precision, use);
}

/// out[k] = the element number place(k).
template <class Place>
void readAll(const void *from, abi::Elem elem, Precision precision, std::vector<double> &out, Place place) {
  withElements(const_cast<void *>(from), elem, precision, [&](const auto *data) {
    for (size_t k = 0; k < out.size(); ++k)
      out[k] = static_cast<double>(data[place(static_cast<int64_t>(k))]);
  });
}

/// The element number place(k) = values[k], or the one value for all n.
template <class Place>
void writeAll(const BufferMemory &buffer, Precision precision, std::span<const double> values, int64_t n, Place place) {
  byType(buffer, precision, [&](auto *data) {
    using T = std::remove_pointer_t<decltype(data)>;
    if (values.size() == 1)
      for (int64_t k = 0; k < n; ++k)
        data[place(k)] = stored<T>(values[0]);
    else
      for (int64_t k = 0; k < n; ++k)
        data[place(k)] = stored<T>(values[static_cast<size_t>(k)]);
  });
}

inline constexpr auto same = [](int64_t k) { return k; };

} // namespace snn::rt
