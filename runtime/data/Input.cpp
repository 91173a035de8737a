// Reading from front to back, whatever the content comes from.
#include "runtime/data/Input.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt::data {

namespace {

constexpr size_t piece = 1 << 20;

} // namespace

Status Input::read(void *out, uint64_t bytes) {
  uint8_t *to = static_cast<uint8_t *>(out);
  const uint64_t begin = done;
  while (done - begin < bytes) {
    const uint64_t got = done - begin;
    const Result<size_t> n = some(to + got, bytes - got);
    if (!n.ok())
      return n.error();
    if (n.value() == 0)
      return Error{ExitCode::badData,
                   fmt::format("'{}' is truncated: {} bytes expected from byte {} on, {} found",
                               name, bytes, begin, got)};
    done += n.value();
  }
  return {};
}

Status Input::read(std::vector<uint8_t> &out, uint64_t bytes) {
  if (bytes > mostLeft())
    return Error{ExitCode::badData,
                 fmt::format("'{}' is truncated: {} bytes expected from byte {} on, {}{} found",
                             name, bytes, done, packed() ? "at most " : "", mostLeft())};
  out.clear();
  if (!packed()) // the size is known to be there, so one allocation will do
    out.reserve(bytes);
  const uint64_t begin = done;
  while (out.size() < bytes) {
    const size_t old = out.size();
    const uint64_t n = std::min<uint64_t>(bytes - old, piece);
    out.resize(old + n);
    if (Status s = read(out.data() + old, n); !s.ok())
      return Error{s.error().code, done == begin + bytes
                                       ? s.error().message
                                       : fmt::format("{} ({} bytes expected from byte {} on)",
                                                     s.error().message, bytes, begin)};
  }
  return {};
}

Status Input::readRest(std::vector<uint8_t> &out) {
  out.clear();
  if (!packed())
    out.reserve(mostLeft());
  for (;;) {
    const size_t old = out.size();
    out.resize(old + piece);
    const Result<size_t> n = some(out.data() + old, piece);
    if (!n.ok())
      return n.error();
    out.resize(old + n.value());
    done += n.value();
    if (n.value() == 0)
      return checkSum();
  }
}

Status Input::skip(uint64_t bytes) {
  std::vector<uint8_t> scratch(std::min<uint64_t>(bytes, 1 << 16));
  while (bytes > 0) {
    const uint64_t n = std::min<uint64_t>(bytes, scratch.size());
    if (Status s = read(scratch.data(), n); !s.ok())
      return s;
    bytes -= n;
  }
  return {};
}

Status Input::expectEnd() {
  uint8_t extra;
  const Result<size_t> n = some(&extra, 1);
  if (!n.ok())
    return n.error();
  if (n.value() != 0)
    return Error{
        ExitCode::badData,
        fmt::format("'{}': the content should end at byte {}, but there is more", name, done)};
  return checkSum();
}

Error Input::wrong(std::string_view what) const { return wrongAt(done, what); }

Error Input::wrongAt(uint64_t position, std::string_view what) const {
  return {ExitCode::badData, fmt::format("'{}', byte {}: {}", name, position, what)};
}

} // namespace snn::rt::data
