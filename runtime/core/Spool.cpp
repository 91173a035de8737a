// Events of a recording, one behind the other: a head and its numbers.
#include "runtime/core/Spool.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace snn::rt {

namespace {

constexpr size_t mostInMemory = 4 << 20, blockBytes = 1 << 20;

/// A file without a name, also where the file system has no such thing.
int namelessFile(const std::string &folder) {
  if (const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); fd >= 0)
    return fd;
  std::string name = folder + "/.snn-sweep-XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd >= 0)
    ::unlink(name.c_str());
  return fd;
}

} // namespace

Spool::~Spool() {
  if (file >= 0)
    ::close(file);
}

Status Spool::spill() {
  const auto failed = [&] {
    return Error{ExitCode::io, fmt::format("what a cell of the sweep records cannot be kept in the folder '{}' until it is its turn: {}", folder,
                                           std::strerror(errno))};
  };
  if (file < 0 && (file = namelessFile(folder)) < 0)
    return failed();
  for (size_t done = 0; done < tail.size();) {
    const ssize_t n = ::pwrite(file, tail.data() + done, tail.size() - done, static_cast<off_t>(onFile + done));
    if (n < 0 && errno != EINTR)
      return failed();
    done += n > 0 ? static_cast<size_t>(n) : 0;
  }
  onFile += tail.size();
  tail.clear();
  return {};
}

Status Spool::write(const Head &head, const void *data, size_t bytes) {
  const char *from = reinterpret_cast<const char *>(&head), *numbers = static_cast<const char *>(data);
  tail.insert(tail.end(), from, from + sizeof head);
  tail.insert(tail.end(), numbers, numbers + bytes);
  return tail.size() < mostInMemory ? Status() : spill();
}

Status Spool::open(uint32_t key, const Recorded &what) {
  Stream &stream = streams[key];
  stream.shape = what.shape;
  stream.kind = what.type == abi::ValueType::Int ? host::Kind::Int : what.type == abi::ValueType::Bool ? host::Kind::Bool : host::Kind::Real;
  opened.push_back(what);
  return write({Event::Open, key, 0, opened.size() - 1}, nullptr, 0);
}

Status Spool::spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) {
  return write({Event::Spikes, key, timeMs, ids.size()}, ids.data(), ids.size_bytes());
}

Status Spool::sample(uint32_t key, double timeMs, std::span<const double> values) {
  Stream &stream = streams[key];
  ++stream.samples;
  if (stream.shape.empty())
    stream.latest = values[0];
  if (keptKeys.count(key))
    stream.values.insert(stream.values.end(), values.begin(), values.end());
  return write({Event::Sample, key, timeMs, values.size()}, values.data(), values.size_bytes());
}

/// Reads through a block of the file: events are small.
bool Spool::read(uint64_t at, void *to, size_t bytes) const {
  char *out = static_cast<char *>(to);
  while (bytes > 0 && at < onFile) {
    if (at < blockAt || at >= blockAt + block.size()) {
      block.resize(std::min<uint64_t>(blockBytes, onFile - at));
      blockAt = at;
      ssize_t n;
      while ((n = ::pread(file, block.data(), block.size(), static_cast<off_t>(at))) < 0 && errno == EINTR) {
      }
      block.resize(n > 0 ? static_cast<size_t>(n) : 0);
      if (block.empty())
        return false;
    }
    const size_t n = std::min<uint64_t>(bytes, blockAt + block.size() - at);
    std::memcpy(out, block.data() + (at - blockAt), n);
    out += n, at += n, bytes -= n;
  }
  if (bytes > 0)
    std::memcpy(out, tail.data() + (at - onFile), bytes);
  return true;
}

Status Spool::replay(Sink &to) const {
  const Error unreadable{ExitCode::io, fmt::format("what a cell of the sweep recorded cannot be read back from the folder '{}'", folder)};
  std::vector<int32_t> ids;
  std::vector<double> values;
  for (uint64_t at = 0, end = onFile + tail.size(); at < end;) {
    Head head;
    if (!read(at, &head, sizeof head))
      return unreadable;
    at += sizeof head;
    Status given;
    if (head.event == Event::Open) {
      given = to.open(head.key, opened[head.count]);
    } else if (head.event == Event::Spikes) {
      ids.resize(head.count);
      if (!read(at, ids.data(), head.count * sizeof(int32_t)))
        return unreadable;
      at += head.count * sizeof(int32_t);
      given = to.spikes(head.key, head.timeMs, ids);
    } else {
      values.resize(head.count);
      if (!read(at, values.data(), head.count * sizeof(double)))
        return unreadable;
      at += head.count * sizeof(double);
      given = to.sample(head.key, head.timeMs, values);
    }
    if (!given.ok())
      return given;
  }
  return {};
}

int64_t Spool::samples(uint32_t key) const {
  const auto found = streams.find(key);
  return found == streams.end() ? 0 : found->second.samples;
}

double Spool::latest(uint32_t key) const {
  const auto found = streams.find(key);
  return found == streams.end() ? Stream().latest : found->second.latest;
}

host::Value Spool::kept(uint32_t key) const {
  const auto found = streams.find(key);
  if (found == streams.end())
    return host::Value::ofArray(host::Kind::Real, {0}, {});
  host::Shape shape = found->second.shape;
  shape.insert(shape.begin(), found->second.samples);
  return host::Value::ofArray(found->second.kind, std::move(shape), found->second.values);
}

} // namespace snn::rt
