// Streams of spikes, states and values over row sets.
#include "runtime/record/Recorder.h"

#include "runtime/record/Cursor.h"
#include "runtime/record/Encode.h"
#include "runtime/record/RowSet.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <optional>

namespace snn::rt::record {

namespace {

constexpr int chunksBetweenFlushes = 32;
constexpr std::chrono::seconds longestUnflushed{5};

struct Stream {
  std::string path;
  bool spikes = false;
  RowSet time, data; ///< of spikes: timestamps, node_ids
  Type type = Type::F64;
  double unitScale = 1;
  std::vector<uint64_t> shape;
  uint64_t elements = 1;
  // Spikes of the latest time, which wait until all of that time are there.
  double latest = 0;
  std::vector<int32_t> waiting;
  std::vector<uint8_t> scratch;
};

} // namespace

std::string escapeName(const std::string &name) {
  if (name.find_first_not_of('.') == std::string::npos) { // "." and ".." mean groups
    std::string out;
    for (size_t k = 0; k < name.size(); ++k)
      out += "%2E";
    return out.empty() ? "%" : out;
  }
  std::string out;
  for (char c : name)
    out += c == '/' ? "%2F" : c == '%' ? "%25" : static_cast<unsigned char>(c) < 0x20
               ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  return out;
}

struct Recorder::Impl {
  RecordingFile file;
  std::deque<Stream> streams;
  Cursor resumeAt;
  std::set<std::string> later; ///< streams that the file has from a run that went on behind the cursor
  std::optional<Error> failure;
  int finishedChunks = 0;
  std::chrono::steady_clock::time_point lastFlush = std::chrono::steady_clock::now();

  explicit Impl(RecordingFile f) : file(std::move(f)) {}

  Status keep(Status s) {
    if (!s.ok() && !failure && s.error().code == ExitCode::io)
      failure = s.error();
    return s;
  }
  Stream *find(const std::string &path) {
    const auto found = std::ranges::find_if(streams, [&](const Stream &s) { return s.path == path; });
    return found == streams.end() ? nullptr : &*found;
  }
  uint32_t numberOf(const Stream &stream) const {
    for (uint32_t k = 0; k < streams.size(); ++k)
      if (&streams[k] == &stream)
        return k;
    return 0;
  }
  Status checkInfo(const RunInfo &info);
  Result<RowSet> rowSet(const std::string &group, const char *name, Element element,
                        const std::vector<uint64_t> &shape, const std::string &unit);
  Result<uint32_t> add(std::string path, bool spikes, Element element, Type type, std::vector<uint64_t> shape,
                       const std::string &unit, double scale);
  Status drain(Stream &stream);
  Status writeOut(bool toDisk);
  Status trim();
  Status afterAppend();
};

Status Recorder::Impl::checkInfo(const RunInfo &info) {
  const Handle root(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose);
  std::string sha;
  if (!readText(root, "model_sha256", sha))
    return Error{ExitCode::badData, fmt::format("'{}' is not a recording of snnc", file.path())};
  if (sha != info.modelSha256)
    return Error{ExitCode::badData, fmt::format("'{}' is the recording of another model", file.path())};
  return {};
}

Result<RowSet> Recorder::Impl::rowSet(const std::string &group, const char *name, Element element,
                                      const std::vector<uint64_t> &shape, const std::string &unit) {
  const std::string path = group + "/" + name;
  const auto at = resumeAt.find(group);
  if (at != resumeAt.end())
    return RowSet::open(file, path, element, shape, at->second);
  return linkExists(file.id(), path) ? RowSet::open(file, path, element, shape, 0)
                                     : RowSet::create(file, path, element, shape, unit);
}

Result<uint32_t> Recorder::Impl::add(std::string path, bool spikes, Element element, Type type,
                                     std::vector<uint64_t> shape, const std::string &unit, double scale) {
  if (failure)
    return *failure;
  if (Status s = keep(file.reserve(16 << 10)); !s.ok())
    return s.error();
  const Handle group = openGroup(file.id(), path, true);
  if (!group.valid())
    return keep(file.failed("making a group")).error();
  later.erase(path);
  if (spikes && H5Aexists(group, "sorting") <= 0 && !writeText(group, "sorting", "by_time"))
    return keep(file.failed("writing attributes")).error();
  Result<RowSet> time = rowSet(path, spikes ? "timestamps" : "time", Element::F64, {}, "ms");
  if (!time.ok())
    return keep(time.status()).error();
  Result<RowSet> data = rowSet(path, spikes ? "node_ids" : "data", element, shape, unit);
  if (!data.ok())
    return keep(data.status()).error();
  Stream stream{std::move(path), spikes, std::move(time.value()), std::move(data.value()), type, scale, shape,
                1,               0,      {},                      {}};
  for (uint64_t n : shape)
    stream.elements *= n;
  streams.push_back(std::move(stream));
  return static_cast<uint32_t>(streams.size() - 1);
}

Status Recorder::Impl::drain(Stream &s) {
  if (s.waiting.empty())
    return {};
  const std::vector<uint64_t> ids = takeIds(s.waiting);
  const uint64_t n = ids.size();
  if (Status r = file.reserve(s.time.newBytes(n) + s.data.newBytes(n)); !r.ok())
    return r;
  const std::vector<double> times(n, s.latest);
  if (Status r = s.time.append(file, times.data(), n); !r.ok())
    return r;
  return s.data.append(file, ids.data(), n);
}

Status Recorder::Impl::writeOut(bool toDisk) {
  for (Stream &s : streams) {
    if (Status r = s.time.writeOut(file); !r.ok())
      return r;
    if (Status r = s.data.writeOut(file); !r.ok())
      return r;
  }
  finishedChunks = 0;
  lastFlush = std::chrono::steady_clock::now();
  return file.flush(toDisk);
}

/// Cuts what a run that was killed had recorded behind the place from which this one went on.
Status Recorder::Impl::trim() {
  for (Stream &s : streams) {
    if (Status r = s.time.trim(file); !r.ok())
      return r;
    if (Status r = s.data.trim(file); !r.ok())
      return r;
  }
  for (const auto &[path, rows] : resumeAt)
    if (!find(path))
      if (Status r = cutStream(file, path, rows); !r.ok())
        return r;
  for (const std::string &path : later)
    if (H5Ldelete(file.id(), path.c_str(), H5P_DEFAULT) < 0)
      return file.failed("cutting");
  later.clear();
  return {};
}

Status Recorder::Impl::afterAppend() {
  if (finishedChunks < chunksBetweenFlushes && std::chrono::steady_clock::now() - lastFlush < longestUnflushed)
    return {};
  return writeOut(false);
}

Recorder::Recorder(std::unique_ptr<Impl> i) : impl(std::move(i)) {}

Recorder::~Recorder() {
  const std::lock_guard guard(hdf5Lock());
  impl.reset();
}

Result<std::unique_ptr<Recorder>> Recorder::create(const std::string &path, const RunInfo &info) {
  const std::lock_guard guard(hdf5Lock());
  Result<RecordingFile> file = RecordingFile::create(path);
  if (!file.ok())
    return file.error();
  auto impl = std::make_unique<Impl>(std::move(file.value()));
  if (Status s = writeInfo(impl->file, info); !s.ok())
    return s.error();
  if (Status s = impl->file.flush(false); !s.ok())
    return s.error();
  return std::unique_ptr<Recorder>(new Recorder(std::move(impl)));
}

Result<std::unique_ptr<Recorder>> Recorder::resume(const std::string &path, const RunInfo &info,
                                                   const std::string &cursor) {
  const std::lock_guard guard(hdf5Lock());
  Cursor at;
  if (!parseCursor(cursor, at))
    return Error{ExitCode::badData, "the checkpoint's place in the recording is damaged"};
  Result<RecordingFile> file = RecordingFile::open(path);
  if (!file.ok())
    return file.error();
  auto impl = std::make_unique<Impl>(std::move(file.value()));
  if (Status s = impl->checkInfo(info); !s.ok())
    return s.error();
  if (Status s = compare(impl->file, at, impl->later); !s.ok())
    return s.error();
  impl->resumeAt = std::move(at);
  return std::unique_ptr<Recorder>(new Recorder(std::move(impl)));
}

Result<uint32_t> Recorder::addSpikes(const std::string &population) {
  const std::lock_guard guard(hdf5Lock());
  const std::string path = "/spikes/" + escapeName(population);
  if (const Stream *old = impl->find(path))
    return impl->numberOf(*old);
  return impl->add(path, true, Element::U64, Type::I64, {}, "", 1);
}

Result<uint32_t> Recorder::addState(const StateInfo &info) {
  const std::lock_guard guard(hdf5Lock());
  const std::string path = fmt::format("/states/{}/{}", escapeName(info.object), escapeName(info.variable));
  if (impl->find(path))
    return Error{ExitCode::model, fmt::format("{0}.{1} is recorded twice into one file; name one of them: record name = "
                                              "{0}.{1}",
                                              info.object, info.variable)};
  Result<uint32_t> stream = impl->add(path, false, elementOf(info.type), info.type, info.shape, info.unit, info.unitScale);
  if (stream.ok() && info.hasIds && !linkExists(impl->file.id(), path + "/node_ids"))
    if (Status s = impl->keep(writeFixed(impl->file, path + "/node_ids", info.ids)); !s.ok())
      return s.error();
  return stream;
}

Result<uint32_t> Recorder::addValue(const ValueInfo &info) {
  const std::lock_guard guard(hdf5Lock());
  const std::string path = "/values/" + escapeName(info.name);
  if (impl->find(path))
    return Error{ExitCode::model, fmt::format("two values are recorded under the name '{}'", info.name)};
  return impl->add(path, false, elementOf(info.type), info.type, info.shape, info.unit, info.unitScale);
}

Status Recorder::appendSpikes(uint32_t number, double timeMs, std::span<const int32_t> ids) {
  if (ids.empty())
    return {};
  const std::lock_guard guard(hdf5Lock());
  if (impl->failure)
    return *impl->failure;
  Stream &s = impl->streams[number];
  if (timeMs != s.latest) {
    if (Status r = impl->keep(impl->drain(s)); !r.ok())
      return r;
    impl->finishedChunks += s.time.takeFinished() + s.data.takeFinished();
    s.latest = timeMs;
  }
  s.waiting.insert(s.waiting.end(), ids.begin(), ids.end());
  return impl->keep(impl->afterAppend());
}

Status Recorder::append(uint32_t number, double timeMs, std::span<const double> values) {
  const std::lock_guard guard(hdf5Lock());
  if (impl->failure)
    return *impl->failure;
  Stream &s = impl->streams[number];
  if (values.size() != s.elements)
    return Error{ExitCode::internal, fmt::format("{}: {} values for a sample of {}", s.path, values.size(), s.elements)};
  if (Status r = impl->keep(impl->file.reserve(s.time.newBytes(1) + s.data.newBytes(1))); !r.ok())
    return r;
  encode(s.type, s.unitScale, values, s.scratch);
  if (Status r = impl->keep(s.time.append(impl->file, &timeMs, 1)); !r.ok())
    return r;
  if (Status r = impl->keep(s.data.append(impl->file, s.scratch.data(), 1)); !r.ok())
    return r;
  impl->finishedChunks += s.time.takeFinished() + s.data.takeFinished();
  return impl->keep(impl->afterAppend());
}

Status Recorder::flush(bool toDisk) {
  const std::lock_guard guard(hdf5Lock());
  if (impl->failure)
    return *impl->failure;
  for (Stream &s : impl->streams)
    if (Status r = impl->keep(impl->drain(s)); !r.ok())
      return r;
  return impl->keep(impl->writeOut(toDisk));
}

Result<std::string> Recorder::cursor() {
  const std::lock_guard guard(hdf5Lock());
  if (Status s = flush(true); !s.ok())
    return s.error();
  Cursor at = impl->resumeAt; // streams that ended before the resumed run stay as long as they were
  for (const Stream &s : impl->streams)
    at[s.path] = s.data.rows();
  return cursorText(at);
}

Status Recorder::close() {
  const std::lock_guard guard(hdf5Lock());
  if (!impl->file.id() || impl->file.id() < 0)
    return {};
  Status first;
  const auto note = [&](Status s) {
    if (!s.ok() && first.ok())
      first = s;
  };
  for (Stream &s : impl->streams)
    if (!impl->failure)
      note(impl->keep(impl->drain(s)));
  note(impl->writeOut(false));
  note(impl->trim());
  impl->streams.clear();
  note(impl->file.close());
  return first;
}

} // namespace snn::rt::record
