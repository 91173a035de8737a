// NumPy's .npz files: zip archives whose members NAME.npy are arrays.
#include "runtime/data/Archive.h"
#include "runtime/data/NamedArrays.h"
#include "runtime/data/NpyHeader.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace snn::rt::data {

namespace {

constexpr std::string_view ending = ".npy";

/// Samples that lie one behind the other in the file are read from there, others are kept as the
/// file has them.
class NpzSamples final : public Samples {
public:
  NpzSamples(Archive a, std::string m, NpyHeader h)
      : archive(std::move(a)), member(std::move(m)), header(std::move(h)) {
    for (size_t k = 1; k < header.shape.size(); ++k)
      valuesOfOne *= static_cast<size_t>(header.shape[k]);
    unit = header.kind == 'u' ? 255.0 : 1.0;
  }
  const std::vector<int64_t> &shape() const override { return header.shape; }
  Status read(int64_t k, std::vector<double> &out) override;

private:
  Archive archive;
  std::string member;
  NpyHeader header;
  size_t valuesOfOne = 1;
  double unit = 1;                  ///< what stands for 1
  std::optional<uint64_t> storedAt; ///< place of the elements in the file
  std::optional<std::vector<uint8_t>> kept;
  std::vector<uint8_t> one; ///< the last sample that was read from the file

  Status prepare();
  void convert(const uint8_t *first, size_t stride, std::vector<double> &out) const;
};

/// At first use: the member is read once to its end, which compares its checksum.
Status NpzSamples::prepare() {
  if (storedAt || kept)
    return {};
  Result<ArchiveMember> content = archive.member(member);
  if (!content.ok())
    return content.error();
  const Result<NpyHeader> again = readNpyHeader(content.value());
  if (!again.ok())
    return again.error();
  if (again.value().shape != header.shape || again.value().size != header.size)
    return content.value().wrong("the file changed while it was in use");
  std::optional<uint64_t> place = header.fortran ? std::nullopt : content.value().storedAt();
  if (place)
    *place += content.value().position();
  std::vector<uint8_t> elements;
  if (Status s =
          place ? content.value().skip(header.size) : content.value().read(elements, header.size);
      !s.ok())
    return s;
  if (Status s = content.value().expectEnd(); !s.ok())
    return s;
  if (place)
    storedAt = place;
  else
    kept = std::move(elements);
  return {};
}

void NpzSamples::convert(const uint8_t *first, size_t stride, std::vector<double> &out) const {
  out.resize(valuesOfOne);
  for (size_t v = 0; v < valuesOfOne; ++v)
    out[v] = npyElement(first + v * stride, header) / unit;
}

Status NpzSamples::read(int64_t k, std::vector<double> &out) {
  if (Status s = prepare(); !s.ok())
    return s;
  const size_t width = static_cast<size_t>(header.bytes), number = static_cast<size_t>(k);
  if (storedAt) {
    one.resize(valuesOfOne * width);
    if (Status s = archive.bytes()->read(*storedAt + number * one.size(), one.data(), one.size());
        !s.ok())
      return s;
    convert(one.data(), width, out);
    return {};
  }
  if (!header.fortran || header.shape.size() < 2) {
    convert(kept->data() + number * valuesOfOne * width, width, out);
    return {};
  }
  // Fortran's order: samples are the axis that runs fastest, the others follow from the first to
  // the last.
  out.resize(valuesOfOne);
  std::vector<int64_t> index(header.shape.size(), 0);
  for (size_t v = 0; v < valuesOfOne; ++v) {
    size_t at = 0;
    for (size_t axis = 1; axis < index.size(); ++axis)
      at = at * static_cast<size_t>(header.shape[axis]) + static_cast<size_t>(index[axis]);
    out[at] = npyElement(kept->data() + (v * static_cast<size_t>(header.shape[0]) + number) * width,
                         header) /
              unit;
    for (size_t axis = 1; axis < index.size() && ++index[axis] == header.shape[axis]; ++axis)
      index[axis] = 0;
  }
  return {};
}

class NpzFile final : public NamedArrays {
public:
  explicit NpzFile(Archive a) : archive(std::move(a)) {}
  const std::string &path() const override { return archive.path(); }
  std::vector<std::string> names() const override {
    std::vector<std::string> found;
    for (const std::string &m : archive.members())
      if (m.ends_with(ending))
        found.push_back(m.substr(0, m.size() - ending.size()));
    return found;
  }
  Result<Array> whole(const std::string &name) const override {
    Result<ArchiveMember> content = archive.member(name + std::string(ending));
    return content.ok() ? readNpy(content.value()) : content.error();
  }
  Result<std::shared_ptr<Samples>> samples(const std::string &name) const override {
    Result<ArchiveMember> content = archive.member(name + std::string(ending));
    if (!content.ok())
      return content.error();
    Result<NpyHeader> header = readNpyHeader(content.value());
    if (!header.ok())
      return header.error();
    if (header.value().kind == 'i' || (header.value().kind == 'u' && header.value().bytes != 1))
      return content.value().wrongAt(
          10, fmt::format("samples are bytes (u1), bools or floats, not integers '{}{}'",
                          header.value().kind, header.value().bytes));
    return std::shared_ptr<Samples>(std::make_shared<NpzSamples>(
        archive, content.value().path().substr(path().size() + 1), std::move(header.value())));
  }

private:
  Archive archive;
};

} // namespace

std::string listOf(const std::vector<std::string> &names) {
  constexpr size_t mostShown = 20, longestShown = 60;
  std::string list;
  for (size_t k = 0; k < std::min(names.size(), mostShown); ++k)
    list += fmt::format("{}{}{}", k ? ", " : "", names[k].substr(0, longestShown),
                        names[k].size() > longestShown ? "…" : "");
  return names.size() > mostShown ? fmt::format("{}, … ({} in all)", list, names.size()) : list;
}

Result<std::unique_ptr<NamedArrays>> openNpz(const std::string &path) {
  Result<Archive> archive = Archive::open(path);
  if (!archive.ok())
    return archive.error();
  return std::unique_ptr<NamedArrays>(std::make_unique<NpzFile>(std::move(archive.value())));
}

Result<Array> readNpz(const std::string &path, const std::string &array) {
  const Result<std::unique_ptr<NamedArrays>> file = openNpz(path);
  if (!file.ok())
    return file.error();
  const std::vector<std::string> names = file.value()->names();
  const auto wrong = [&](const std::string &what) {
    return Error{ExitCode::badData, fmt::format("'{}' {}", path, what)};
  };
  if (names.empty())
    return wrong("holds no array");
  if (array.empty() && names.size() > 1)
    return wrong(fmt::format("holds {} arrays: {}. Name one of them: load(file, \"{}\")",
                             names.size(), listOf(names), names.front()));
  if (!array.empty() && std::ranges::find(names, array) == names.end())
    return wrong(fmt::format("holds no array '{}'; it holds {}", array, listOf(names)));
  return file.value()->whole(array.empty() ? names.front() : array);
}

} // namespace snn::rt::data
