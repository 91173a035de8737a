// Plain bytes for checkpoints: little-endian numbers and length-prefixed lists; reading checks every length.
#pragma once

#include "runtime/host/Value.h"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::host {

class ByteWriter {
public:
  std::string bytes;
  void number(double x) { raw(&x, sizeof x); }
  void integer(uint64_t x) { raw(&x, sizeof x); }
  void text(std::string_view s) {
    integer(s.size());
    bytes += s;
  }
  template <class T> void list(const std::vector<T> &v) {
    integer(v.size());
    raw(v.data(), v.size() * sizeof(T));
  }

private:
  void raw(const void *p, size_t n) {
    if (n)
      bytes.append(static_cast<const char *>(p), n);
  }
};

[[noreturn]] inline void failDamaged() {
  fail(ExitCode::badData, "the checkpoint's state of the experiment is damaged");
}

/// Throws a Failure where the bytes do not fit.
class ByteReader {
public:
  explicit ByteReader(std::string_view b) : left(b) {}
  double number() {
    double x;
    raw(&x, sizeof x);
    return x;
  }
  uint64_t integer() {
    uint64_t x;
    raw(&x, sizeof x);
    return x;
  }
  std::string text() {
    std::string s(count(1), '\0');
    raw(s.data(), s.size());
    return s;
  }
  template <class T> std::vector<T> list() {
    std::vector<T> v(count(sizeof(T)));
    raw(v.data(), v.size() * sizeof(T));
    return v;
  }
  /// A list that must have n elements.
  template <class T> std::vector<T> exactly(size_t n) {
    std::vector<T> v = list<T>();
    if (v.size() != n)
      failDamaged();
    return v;
  }

private:
  std::string_view left;
  void raw(void *p, size_t n) {
    if (n > left.size())
      failDamaged();
    if (n)
      std::memcpy(p, left.data(), n);
    left.remove_prefix(n);
  }
  size_t count(size_t width) {
    const uint64_t n = integer();
    if (n > left.size() / width)
      failDamaged();
    return n;
  }
};

class World;
/// A value of an experiment; data sets are stored by name and opened again.
void writeValue(ByteWriter &w, const Value &v);
Value readValue(ByteReader &r, World &world);

} // namespace snn::rt::host
