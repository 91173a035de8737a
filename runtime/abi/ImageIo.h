// Writes and reads the tables of Image.h as bytes: little-endian, length-prefixed, no padding, checked on reading.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace snn::abi {

class ImageWriter {
public:
  std::string bytes;
  template <class... T> void operator()(T &...x) { (write(x), ...); }

private:
  template <class T> void write(T &x) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      bytes.append(reinterpret_cast<const char *>(&x), sizeof x);
    else
      fields(*this, x);
  }
  void write(std::string &s) {
    uint64_t n = s.size();
    write(n);
    bytes += s;
  }
  template <class T> void write(std::vector<T> &v) {
    uint64_t n = v.size();
    write(n);
    for (auto &x : v)
      write(x);
  }
  template <class A, class B> void write(std::pair<A, B> &p) {
    write(p.first);
    write(p.second);
  }
};

/// Reads what ImageWriter wrote; `ok` turns false at the first thing that does not fit, and nothing more is read.
class ImageReader {
public:
  ImageReader(const uint8_t *data, uint64_t size) : at(data), left(size) {}
  bool ok = true;
  template <class... T> void operator()(T &...x) { (read(x), ...); }

private:
  const uint8_t *at;
  uint64_t left;

  bool take(void *to, uint64_t n) {
    if (!ok || n > left)
      return ok = false;
    if (n)
      std::memcpy(to, at, n);
    at += n;
    left -= n;
    return true;
  }
  template <class T> void read(T &x) {
    if constexpr (std::is_same_v<T, bool>) {
      uint8_t b = 0;
      take(&b, 1);
      x = b != 0;
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      take(&x, sizeof x);
    else
      fields(*this, x);
  }
  uint64_t readCount() {
    uint64_t n = 0;
    take(&n, sizeof n);
    if (n > left) // every element takes at least one byte
      ok = false;
    return ok ? n : 0;
  }
  void read(std::string &s) {
    s.resize(readCount());
    take(s.data(), s.size());
  }
  template <class T> void read(std::vector<T> &v) {
    uint64_t n = readCount();
    v.clear();
    for (uint64_t k = 0; k < n && ok; ++k)
      read(v.emplace_back());
  }
  template <class A, class B> void read(std::pair<A, B> &p) {
    read(p.first);
    read(p.second);
  }
};

} // namespace snn::abi
