// HDF5 files as data sets: the data sets of the root group. Samples are read one by one as
// hyperslabs.
#include "runtime/data/Hdf5Access.h"
#include "runtime/data/Hdf5Chunks.h"
#include "runtime/data/Input.h"
#include "runtime/data/NamedArrays.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt::data {

namespace {

using record::Handle;
using Locked = std::lock_guard<std::recursive_mutex>;

constexpr size_t mostNames = 1000;            // of a file with many other things
constexpr uint64_t chunksKept = 256ull << 20; // unpacked, since shuffled samples come back to them

/// An open file; whoever uses its handle holds hdf5Lock().
struct File {
  std::shared_ptr<FileBytes> bytes;
  Handle id;
  ~File() {
    const Locked hold(record::hdf5Lock());
    id.close();
  }
  Error wrong(const std::string &array, const std::string &what) const {
    return {ExitCode::badData, fmt::format("'{}', array {}: {}", bytes->path(), array, what)};
  }
};

/// A data set of numbers whose claims were compared with what the file can hold.
struct Opened {
  Handle id;
  std::vector<int64_t> shape;
  H5T_class_t kind = H5T_NO_CLASS;
  size_t width = 0; ///< bytes of an element
  bool isSigned = false;
  Hdf5Chunks chunks;
};

/// Links lead to other files, and so do virtual data sets and external storage: none of them is
/// followed.
Result<Handle> openHere(const File &file, const std::string &name) {
  H5L_info_t link{};
  if (H5Lget_info(file.id, name.c_str(), &link, H5P_DEFAULT) < 0)
    return file.wrong(name, "the file has none of this name, or it is damaged");
  if (link.type != H5L_TYPE_HARD)
    return file.wrong(name, "a link; only data sets of the file itself are read");
  H5O_info_t object{};
  if (H5Oget_info_by_name2(file.id, name.c_str(), &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0 ||
      object.type != H5O_TYPE_DATASET)
    return file.wrong(name, "not a data set, or damaged");
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(access, 12421, chunksKept, H5D_CHUNK_CACHE_W0_DEFAULT);
  Handle id(H5Dopen2(file.id, name.c_str(), access), H5Dclose);
  if (!id.valid())
    return file.wrong(name, "damaged: HDF5 cannot open it");
  const Handle made(H5Dget_create_plist(id), H5Pclose);
  if (!made.valid() || H5Pget_layout(made) == H5D_VIRTUAL || H5Pget_external_count(made) != 0)
    return file.wrong(name, "its elements lie in other files, which are not read");
  return id;
}

/// What is claimed about the array's bytes, against the bytes of the file: filters pack at most as
/// deflate does.
Status checkSize(const File &file, const std::string &name, const Opened &array) {
  const Handle made(H5Dget_create_plist(array.id), H5Pclose);
  const uint64_t here = file.bytes->size(),
                 storage = std::min<uint64_t>(H5Dget_storage_size(array.id), here);
  uint64_t most = storage, bytes = array.width;
  if (H5Pget_nfilters(made) > 0 && __builtin_mul_overflow(storage, highestRatio, &most))
    most = ~uint64_t{0};
  bool overflow = false;
  for (const int64_t n : array.shape)
    overflow = __builtin_mul_overflow(bytes, static_cast<uint64_t>(n), &bytes) || overflow;
  if (overflow || bytes > most)
    return file.wrong(
        name, fmt::format("the shape [{}] needs more bytes than the {} that are stored can hold",
                          fmt::join(array.shape, ", "), storage));
  return {};
}

Result<Opened> openArray(const File &file, const std::string &name) {
  Result<Handle> id = openHere(file, name);
  if (!id.ok())
    return id.error();
  Opened array;
  array.id = std::move(id.value());
  const Handle space(H5Dget_space(array.id), H5Sclose), type(H5Dget_type(array.id), H5Tclose);
  hsize_t axes[H5S_MAX_RANK] = {};
  const int rank = H5Sget_simple_extent_type(space) == H5S_SIMPLE
                       ? H5Sget_simple_extent_dims(space, axes, nullptr)
                       : -1;
  array.kind = H5Tget_class(type);
  array.width = H5Tget_size(type);
  if (rank < 0 || array.width == 0)
    return file.wrong(name, "an array of numbers expected");
  for (int k = 0; k < rank; ++k) {
    if (axes[k] > static_cast<hsize_t>(largestExact))
      return file.wrong(name, fmt::format("axis {} has the length {}", k, axes[k]));
    array.shape.push_back(static_cast<int64_t>(axes[k]));
  }
  array.isSigned = array.kind == H5T_INTEGER && H5Tget_sign(type) != H5T_SGN_NONE;
  if (Status s = checkSize(file, name, array); !s.ok())
    return s.error();
  const std::string wrong =
      array.chunks.open(array.id, array.shape, array.width, file.bytes->size());
  if (!wrong.empty())
    return file.wrong(name, wrong);
  return array;
}

std::string typeName(const Opened &array) {
  return array.kind == H5T_INTEGER
             ? fmt::format("{} integers of {} bytes", array.isSigned ? "signed" : "unsigned",
                           array.width)
         : array.kind == H5T_FLOAT  ? fmt::format("floats of {} bytes", array.width)
         : array.kind == H5T_STRING ? "texts"
                                    : "elements of another type";
}

class Hdf5Samples final : public Samples {
public:
  Hdf5Samples(std::shared_ptr<File> f, std::string n, Opened a)
      : file(std::move(f)), name(std::move(n)), array(std::move(a)) {
    for (size_t k = 1; k < array.shape.size(); ++k)
      valuesOfOne *= static_cast<size_t>(array.shape[k]);
  }
  ~Hdf5Samples() override {
    const Locked hold(record::hdf5Lock());
    array.id.close();
  }
  const std::vector<int64_t> &shape() const override { return array.shape; }
  Status read(int64_t k, std::vector<double> &out) override;

private:
  std::shared_ptr<File> file;
  std::string name;
  Opened array;
  size_t valuesOfOne = 1;
  std::vector<uint8_t> bytes;

  bool readTo(int64_t k, hid_t type, void *out);
};

/// Sample k in the memory's type; `type` -1: as the file has it.
bool Hdf5Samples::readTo(int64_t k, hid_t type, void *out) {
  record::prepareHdf5();
  const Handle space(H5Dget_space(array.id), H5Sclose), own(H5Dget_type(array.id), H5Tclose);
  std::vector<hsize_t> from(array.shape.size(), 0), counts(array.shape.begin(), array.shape.end());
  from[0] = static_cast<hsize_t>(k), counts[0] = 1;
  const hsize_t values = valuesOfOne;
  const Handle memory(H5Screate_simple(1, &values, nullptr), H5Sclose);
  return array.chunks.holdBox(array.id, from, counts) &&
         H5Sselect_hyperslab(space, H5S_SELECT_SET, from.data(), nullptr, counts.data(), nullptr) >=
             0 &&
         H5Dread(array.id, type < 0 ? static_cast<hid_t>(own) : type, memory, space, H5P_DEFAULT,
                 out) >= 0;
}

Status Hdf5Samples::read(int64_t k, std::vector<double> &out) {
  out.resize(valuesOfOne);
  const Locked hold(record::hdf5Lock());
  if (array.kind == H5T_FLOAT) {
    if (!readTo(k, H5T_NATIVE_DOUBLE, out.data()))
      return file->wrong(name, fmt::format("damaged: HDF5 cannot read sample {}", k));
    return {};
  }
  bytes.resize(valuesOfOne);
  if (!readTo(k, -1, bytes.data()))
    return file->wrong(name, fmt::format("damaged: HDF5 cannot read sample {}", k));
  const bool logical = array.kind == H5T_ENUM;
  std::ranges::transform(bytes, out.begin(),
                         [&](uint8_t b) { return logical ? b != 0 : b / 255.0; });
  return {};
}

class Hdf5File final : public NamedArrays {
public:
  explicit Hdf5File(std::shared_ptr<File> f) : file(std::move(f)) {}
  const std::string &path() const override { return file->bytes->path(); }
  std::vector<std::string> names() const override;
  Result<Array> whole(const std::string &name) const override;
  Result<std::shared_ptr<Samples>> samples(const std::string &name) const override;
  Result<Array> numbers(const std::string &name) const;
  Result<std::string> found(const std::string &pattern) const;

private:
  std::shared_ptr<File> file;
  std::vector<std::string> namesIn(const std::string &group) const;
  Result<Array> integers(const std::string &name, Opened &array) const;
};

std::vector<std::string> Hdf5File::names() const { return namesIn(""); }

std::vector<std::string> Hdf5File::namesIn(const std::string &group) const {
  const Locked hold(record::hdf5Lock());
  std::vector<std::string> found;
  const Handle inside(H5Gopen2(file->id, group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Gclose);
  if (!inside.valid())
    return found;
  const auto add = [](hid_t, const char *name, const H5L_info_t *, void *to) -> herr_t {
    auto &names = *static_cast<std::vector<std::string> *>(to);
    names.emplace_back(name);
    return names.size() < mostNames ? 0 : 1;
  };
  hsize_t at = 0;
  H5Literate(inside, H5_INDEX_NAME, H5_ITER_INC, &at, add, &found);
  return found;
}

/// Integers alone: labels.
Result<Array> Hdf5File::whole(const std::string &name) const {
  const Locked hold(record::hdf5Lock());
  Result<Opened> opened = openArray(*file, name);
  if (!opened.ok())
    return opened.error();
  Opened &array = opened.value();
  if (array.kind != H5T_INTEGER || array.width > 8)
    return file->wrong(name, fmt::format("integers expected, {} found", typeName(array)));
  return integers(name, array);
}

/// Integers, or reals.
Result<Array> Hdf5File::numbers(const std::string &name) const {
  const Locked hold(record::hdf5Lock());
  Result<Opened> opened = openArray(*file, name);
  if (!opened.ok())
    return opened.error();
  Opened &array = opened.value();
  if (array.kind == H5T_INTEGER && array.width <= 8)
    return integers(name, array);
  if (array.kind != H5T_FLOAT || array.width > 8)
    return file->wrong(name, fmt::format("numbers expected, {} found", typeName(array)));
  uint64_t count = 1;
  for (const int64_t n : array.shape)
    count *= static_cast<uint64_t>(n); // does not overflow: see checkSize
  Array result{Element::Real, array.shape, std::vector<double>(count)};
  const std::vector<hsize_t> from(array.shape.size(), 0), all(array.shape.begin(), array.shape.end());
  if (!array.chunks.holdBox(array.id, from, all) ||
      (!result.values.empty() && H5Dread(array.id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.values.data()) < 0))
    return file->wrong(name, "damaged: HDF5 cannot read it");
  return result;
}

/// The path with each `*` replaced by the only member of its group; `*` alone is the only array of the file.
Result<std::string> Hdf5File::found(const std::string &pattern) const {
  std::string path;
  for (size_t at = 0; at <= pattern.size();) {
    const size_t end = std::min(pattern.find('/', at), pattern.size());
    std::string part = pattern.substr(at, end - at);
    if (part == "*") {
      const std::vector<std::string> members = namesIn(path);
      if (members.size() != 1)
        return file->wrong(pattern, members.empty() ? fmt::format("there is nothing in '{}/'", path)
                                                    : fmt::format("one of several is to be named: {}", listOf(members)));
      part = members[0];
    }
    path += (path.empty() ? "" : "/") + part;
    at = end + 1;
  }
  const bool chosenHere = pattern.find("*/") != std::string::npos;
  if (chosenHere && std::ranges::count(namesIn(path.substr(0, path.rfind('/'))), "sweep") != 0) // spikes by SweepRecorder
    return file->wrong(pattern, "the spikes of all cells of a sweep, which are not one run's; `sweep` beside it says whose each is, name the arrays to take them together");
  return path;
}

Result<Array> Hdf5File::integers(const std::string &name, Opened &array) const {
  uint64_t count = 1;
  for (const int64_t n : array.shape)
    count *= static_cast<uint64_t>(n); // does not overflow: see checkSize
  std::vector<int64_t> values(count);
  const hid_t type = array.isSigned ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
  const std::vector<hsize_t> from(array.shape.size(), 0),
      all(array.shape.begin(), array.shape.end());
  if (!array.chunks.holdBox(array.id, from, all) ||
      (count > 0 && H5Dread(array.id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0))
    return file->wrong(name, "damaged: HDF5 cannot read it");
  Array result{Element::Int, array.shape, std::vector<double>(count)};
  for (size_t k = 0; k < count; ++k) {
    result.values[k] = array.isSigned ? static_cast<double>(values[k])
                                      : static_cast<double>(static_cast<uint64_t>(values[k]));
    if (std::fabs(result.values[k]) > largestExact)
      return file->wrong(name,
                         fmt::format("element {} is beyond 2^53 and cannot be held exactly", k));
  }
  return result;
}

Result<std::shared_ptr<Samples>> Hdf5File::samples(const std::string &name) const {
  const Locked hold(record::hdf5Lock());
  Result<Opened> opened = openArray(*file, name);
  if (!opened.ok())
    return opened.error();
  const Opened &array = opened.value();
  const bool byte = array.kind == H5T_INTEGER && array.width == 1 && !array.isSigned;
  const bool logical = array.kind == H5T_ENUM && array.width == 1; // h5py's bools
  const bool real =
      array.kind == H5T_FLOAT && (array.width == 2 || array.width == 4 || array.width == 8);
  if (!byte && !logical && !real)
    return file->wrong(name,
                       fmt::format("samples are bytes, bools or floats of 2, 4 or 8 bytes, not {}",
                                   typeName(array)));
  return std::shared_ptr<Samples>(
      std::make_shared<Hdf5Samples>(file, name, std::move(opened.value())));
}

} // namespace

static Result<std::unique_ptr<Hdf5File>> openFile(const std::string &path) {
  Result<std::shared_ptr<FileBytes>> bytes = FileBytes::open(path);
  if (!bytes.ok())
    return bytes.error();
  const Locked hold(record::hdf5Lock());
  record::prepareHdf5();
  auto file = std::make_shared<File>();
  file->bytes = std::move(bytes.value());
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (!useFileBytes(access, *file->bytes))
    return Error{ExitCode::internal, "HDF5 does not take the driver of data files"};
  file->id = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!file->id.valid())
    return Error{ExitCode::badData,
                 fmt::format("'{}' is not an HDF5 file, or it is damaged or cut", path)};
  return std::make_unique<Hdf5File>(std::move(file));
}

Result<std::unique_ptr<NamedArrays>> openHdf5(const std::string &path) {
  Result<std::unique_ptr<Hdf5File>> opened = openFile(path);
  if (!opened.ok())
    return opened.error();
  return std::unique_ptr<NamedArrays>(std::move(opened.value()));
}

Result<Array> readHdf5(const std::string &path, const std::string &array) {
  const Result<std::unique_ptr<Hdf5File>> opened = openFile(path);
  if (!opened.ok())
    return opened.error();
  const Result<std::string> name = opened.value()->found(array.empty() ? "*" : array);
  return name.ok() ? opened.value()->numbers(name.value()) : name.error();
}

} // namespace snn::rt::data
