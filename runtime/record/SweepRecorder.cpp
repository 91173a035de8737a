// Streams of the cells of a sweep over data sets that all of them share.
#include "runtime/record/SweepRecorder.h"

#include "runtime/record/Encode.h"
#include "runtime/record/GridSet.h"
#include "runtime/record/RowSet.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>

namespace snn::rt::record {

namespace {

struct SpikeStream {
  std::string path;
  RowSet time, ids, cell;
  double latest = 0;
  std::vector<int32_t> waiting; ///< of the latest time
};

struct SampleStream {
  std::string path;
  GridSet time, data;
  Type type = Type::F64;
  double unitScale = 1;
  bool hasIds = false;
  std::vector<std::vector<uint64_t>> ids; ///< by cell of the sweep
  uint64_t latestCell = 0;                ///< that recorded it
  std::vector<uint8_t> scratch = {};
};

constexpr uint64_t noCell = UINT64_MAX, noNeuron = UINT64_MAX;

} // namespace

struct SweepRecorder::Impl {
  RecordingFile file;
  std::vector<uint64_t> grid;
  uint64_t cell = 0, cells = 1;
  std::deque<SpikeStream> spikes;
  std::deque<SampleStream> samples;

  explicit Impl(RecordingFile f) : file(std::move(f)) {}

  std::vector<uint64_t> place() const {
    std::vector<uint64_t> out(grid.size());
    for (uint64_t k = grid.size(), rest = cell; k-- > 0; rest /= grid[k])
      out[k] = rest % grid[k];
    return out;
  }
  Status drain(SpikeStream &s);
  Result<uint32_t> add(const std::string &path, Type type, const std::vector<uint64_t> &shape, uint64_t samples, const std::string &unit,
                       double unitScale);
  Status writeIds(const SampleStream &s);
  Status writeOut();
};

Status SweepRecorder::Impl::drain(SpikeStream &s) {
  const std::vector<uint64_t> ids = takeIds(s.waiting);
  const uint64_t n = ids.size();
  if (n == 0)
    return {};
  if (Status r = file.reserve(s.time.newBytes(n) + s.ids.newBytes(n) + s.cell.newBytes(n)); !r.ok())
    return r;
  const std::vector<double> times(n, s.latest);
  const std::vector<int64_t> sweep(n, static_cast<int64_t>(cell));
  if (Status r = s.time.append(file, times.data(), n); !r.ok())
    return r;
  if (Status r = s.ids.append(file, ids.data(), n); !r.ok())
    return r;
  return s.cell.append(file, sweep.data(), n);
}

/// Data sets are made for the first cell that records the stream.
Result<uint32_t> SweepRecorder::Impl::add(const std::string &path, Type type, const std::vector<uint64_t> &shape, uint64_t count,
                                          const std::string &unit, double unitScale) {
  const auto found = std::ranges::find(samples, path, &SampleStream::path);
  const uint32_t number = static_cast<uint32_t>(found - samples.begin());
  if (found == samples.end()) {
    Result<GridSet> time = GridSet::create(file, path + "/time", Element::F64, grid, {}, count, "ms");
    if (!time.ok())
      return time.error();
    Result<GridSet> data = GridSet::create(file, path + "/data", elementOf(type), grid, shape, count, unit);
    if (!data.ok())
      return data.error();
    samples.push_back({path, std::move(time.value()), std::move(data.value()), type, unitScale, false, std::vector<std::vector<uint64_t>>(cells), noCell});
  } else if (found->data.rank() != shape.size()) {
    return Error{ExitCode::model, fmt::format("a sample of {} has {} axes here and {} in another cell: they do not fit into one recording", path,
                                              shape.size(), found->data.rank())};
  }
  SampleStream &s = samples[number];
  if (s.latestCell == cell)
    return Error{ExitCode::model, fmt::format("{} is recorded twice into one file; name one of the two: record name = …", path)};
  s.latestCell = cell;
  if (Status r = s.time.begin(file, place(), {}); !r.ok())
    return r.error();
  if (Status r = s.data.begin(file, place(), shape); !r.ok())
    return r.error();
  return number;
}

/// Which neurons were recorded: [neuron] where all cells of the sweep have recorded the same, otherwise for each of them.
Status SweepRecorder::Impl::writeIds(const SampleStream &s) {
  if (std::ranges::all_of(s.ids, [&](const auto &ids) { return ids == s.ids[0]; }))
    return writeFixed(file, s.path + "/node_ids", s.ids[0]);
  size_t most = 0;
  for (const auto &ids : s.ids)
    most = std::max(most, ids.size());
  std::vector<uint64_t> all, shape = grid;
  shape.push_back(most);
  for (const auto &ids : s.ids) {
    all.insert(all.end(), ids.begin(), ids.end());
    all.insert(all.end(), most - ids.size(), noNeuron);
  }
  return writeList(file, s.path + "/node_ids", Element::U64, shape, all.data(), all.size() * sizeof(uint64_t), "");
}

Status SweepRecorder::Impl::writeOut() {
  for (SpikeStream &s : spikes) {
    if (Status r = drain(s); !r.ok())
      return r;
    for (RowSet *rows : {&s.time, &s.ids, &s.cell})
      if (Status r = rows->writeOut(file); !r.ok())
        return r;
  }
  for (SampleStream &s : samples) {
    if (Status r = s.time.end(file); !r.ok())
      return r;
    if (Status r = s.data.end(file); !r.ok())
      return r;
  }
  return file.flush(false);
}

SweepRecorder::SweepRecorder(std::unique_ptr<Impl> i) : impl(std::move(i)) {}

SweepRecorder::~SweepRecorder() {
  const std::lock_guard guard(hdf5Lock());
  impl.reset();
}

Result<std::unique_ptr<SweepRecorder>> SweepRecorder::create(const std::string &path, const RunInfo &info, const std::vector<SweptAxis> &axes) {
  const std::lock_guard guard(hdf5Lock());
  Result<RecordingFile> file = RecordingFile::create(path);
  if (!file.ok())
    return file.error();
  auto impl = std::make_unique<Impl>(std::move(file.value()));
  if (Status s = writeInfo(impl->file, info); !s.ok())
    return s.error();
  std::vector<uint8_t> bytes;
  for (const SweptAxis &axis : axes) {
    encode(axis.type, axis.unitScale, axis.values, bytes);
    const std::string name = "/sweep/" + escapeName(axis.name);
    if (!openGroup(impl->file.id(), "/sweep", true).valid())
      return impl->file.failed("making a group");
    if (Status s = writeList(impl->file, name, elementOf(axis.type), {axis.values.size()}, bytes.data(), bytes.size(), axis.unit); !s.ok())
      return s.error();
    const Handle set(H5Dopen2(impl->file.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
    const uint32_t number = static_cast<uint32_t>(impl->grid.size());
    if (!writeNumbers(set, "axis", H5T_STD_U32LE, &number, 1, true))
      return impl->file.failed("writing attributes");
    impl->grid.push_back(axis.values.size());
    impl->cells *= axis.values.size();
  }
  if (Status s = impl->file.flush(false); !s.ok())
    return s.error();
  return std::unique_ptr<SweepRecorder>(new SweepRecorder(std::move(impl)));
}

void SweepRecorder::begin(uint64_t cell) { impl->cell = cell; }

Result<uint32_t> SweepRecorder::addSpikes(const std::string &population) {
  const std::lock_guard guard(hdf5Lock());
  const std::string path = "/spikes/" + escapeName(population);
  const auto found = std::ranges::find(impl->spikes, path, &SpikeStream::path);
  if (found != impl->spikes.end())
    return static_cast<uint32_t>(found - impl->spikes.begin());
  const Handle group = openGroup(impl->file.id(), path, true);
  if (!group.valid() || !writeText(group, "sorting", "none")) // by cell of the sweep, then by time
    return impl->file.failed("making a group");
  Result<RowSet> time = RowSet::create(impl->file, path + "/timestamps", Element::F64, {}, "ms"),
                 ids = RowSet::create(impl->file, path + "/node_ids", Element::U64, {}, ""),
                 cell = RowSet::create(impl->file, path + "/sweep", Element::I64, {}, "");
  for (const Result<RowSet> *made : {&time, &ids, &cell})
    if (!made->ok())
      return made->error();
  impl->spikes.push_back({path, std::move(time.value()), std::move(ids.value()), std::move(cell.value()), 0, {}});
  return static_cast<uint32_t>(impl->spikes.size() - 1);
}

Result<uint32_t> SweepRecorder::addState(const StateInfo &info, uint64_t samples) {
  const std::lock_guard guard(hdf5Lock());
  const std::string path = fmt::format("/states/{}/{}", escapeName(info.object), escapeName(info.variable));
  if (!openGroup(impl->file.id(), path, true).valid())
    return impl->file.failed("making a group");
  const Result<uint32_t> stream = impl->add(path, info.type, info.shape, samples, info.unit, info.unitScale);
  if (stream.ok() && info.hasIds) {
    impl->samples[stream.value()].hasIds = true;
    impl->samples[stream.value()].ids[impl->cell] = info.ids;
  }
  return stream;
}

Result<uint32_t> SweepRecorder::addValue(const ValueInfo &info, uint64_t samples) {
  const std::lock_guard guard(hdf5Lock());
  const std::string path = "/values/" + escapeName(info.name);
  if (!openGroup(impl->file.id(), path, true).valid())
    return impl->file.failed("making a group");
  return impl->add(path, info.type, info.shape, samples, info.unit, info.unitScale);
}

Status SweepRecorder::appendSpikes(uint32_t number, double timeMs, std::span<const int32_t> ids) {
  const std::lock_guard guard(hdf5Lock());
  SpikeStream &s = impl->spikes[number];
  if (timeMs != s.latest) {
    if (Status r = impl->drain(s); !r.ok())
      return r;
    s.latest = timeMs;
  }
  s.waiting.insert(s.waiting.end(), ids.begin(), ids.end());
  return {};
}

Status SweepRecorder::append(uint32_t number, double timeMs, std::span<const double> values) {
  const std::lock_guard guard(hdf5Lock());
  SampleStream &s = impl->samples[number];
  if (Status r = s.time.append(impl->file, &timeMs); !r.ok())
    return r;
  encode(s.type, s.unitScale, values, s.scratch);
  return s.data.append(impl->file, s.scratch.data());
}

Status SweepRecorder::end() {
  const std::lock_guard guard(hdf5Lock());
  return impl->writeOut();
}

Status SweepRecorder::close() {
  const std::lock_guard guard(hdf5Lock());
  if (impl->file.id() < 0)
    return {};
  Status first = impl->writeOut();
  for (const SampleStream &s : impl->samples)
    if (first.ok() && s.hasIds)
      first = impl->writeIds(s);
  if (Status s = first.ok() ? impl->file.flush(false) : Status(); !s.ok())
    first = s;
  impl->spikes.clear();
  impl->samples.clear();
  const Status closed = impl->file.close();
  return first.ok() ? closed : first;
}

} // namespace snn::rt::record
