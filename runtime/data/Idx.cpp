// IDX files (of MNIST and its relatives): magic 0 0 TYPE AXES, one big-endian u32 an axis, then the elements.
#include "runtime/data/Dataset.h"
#include "runtime/data/InputFile.h"

#include <fmt/format.h>
#include <optional>

namespace snn::rt::data {

namespace {

constexpr uint8_t unsignedByte = 0x08;

struct Header {
  std::vector<int64_t> shape; ///< of the whole
  uint64_t bytes = 0;         ///< of the elements
};

uint32_t bigEndian(const uint8_t *p) {
  return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 | static_cast<uint32_t>(p[2]) << 8 | p[3];
}

Result<Header> readHeader(InputFile &file) {
  uint8_t magic[4];
  if (Status s = file.read(magic, 4); !s.ok())
    return s.error();
  if (magic[0] != 0 || magic[1] != 0) {
    const bool swapped = magic[2] == 0 && magic[3] == 0;
    return file.wrongAt(0, fmt::format("not an IDX file: 00 00 TYPE AXES expected, {:02x} {:02x} {:02x} {:02x} found{}",
                                       magic[0], magic[1], magic[2], magic[3],
                                       swapped ? " (little-endian; IDX is big-endian)" : ""));
  }
  if (magic[2] != unsignedByte)
    return file.wrongAt(2, fmt::format("elements of type 0x{:02x}; only unsigned bytes (0x08) can be read", magic[2]));
  if (magic[3] == 0 || magic[3] > 4)
    return file.wrongAt(3, fmt::format("{} axes; 1 to 4 expected", magic[3]));
  Header header;
  header.bytes = 1;
  for (uint8_t k = 0; k < magic[3]; ++k) {
    uint8_t axis[4];
    if (Status s = file.read(axis, 4); !s.ok())
      return s.error();
    const uint32_t length = bigEndian(axis);
    if (length == 0 && k > 0)
      return file.wrongAt(4 + 4 * k, fmt::format("axis {} has the length 0", k));
    if (__builtin_mul_overflow(header.bytes, static_cast<uint64_t>(length), &header.bytes))
      return file.wrongAt(4 + 4 * k, "the product of the axes overflows");
    header.shape.push_back(length);
  }
  const uint64_t left = file.mostLeft();
  if (header.bytes > left || (!file.packed() && header.bytes != left))
    return file.wrong(fmt::format("{} bytes of elements expected after the header, {}{} found", header.bytes,
                                  file.packed() ? "at most " : "", left));
  return header;
}

class IdxSplit final : public Split {
public:
  IdxSplit(std::string images, Header h, std::vector<uint8_t> l)
      : path(std::move(images)), header(std::move(h)), labels(std::move(l)) {
    for (size_t k = 1; k < header.shape.size(); ++k)
      pixelsOfOne *= header.shape[k];
  }
  int64_t count() const override { return header.shape[0]; }
  std::vector<int64_t> shape() const override { return {header.shape.begin() + 1, header.shape.end()}; }
  Result<int64_t> label(int64_t k) override {
    if (k < 0 || k >= count())
      return Error{ExitCode::internal, "sample number out of range"};
    return static_cast<int64_t>(labels[static_cast<size_t>(k)]);
  }
  Status read(int64_t k, std::vector<double> &out) override {
    if (k < 0 || k >= count())
      return Error{ExitCode::internal, "sample number out of range"};
    if (Status s = load(); !s.ok())
      return s;
    const uint8_t *from = pixels->data() + k * pixelsOfOne;
    out.resize(static_cast<size_t>(pixelsOfOne));
    for (size_t p = 0; p < out.size(); ++p)
      out[p] = static_cast<double>(from[p]) / 255.0;
    return {};
  }

private:
  std::string path;
  Header header;
  std::vector<uint8_t> labels;
  int64_t pixelsOfOne = 1;
  std::optional<std::vector<uint8_t>> pixels;

  Status load() {
    if (pixels)
      return {};
    Result<InputFile> file = InputFile::open(path);
    if (!file.ok())
      return file.error();
    const Result<Header> again = readHeader(file.value());
    if (!again.ok())
      return again.error();
    if (again.value().shape != header.shape)
      return file.value().wrongAt(4, "the file changed while it was in use");
    std::vector<uint8_t> bytes;
    if (Status s = file.value().read(bytes, header.bytes); !s.ok())
      return s;
    if (Status s = file.value().expectEnd(); !s.ok())
      return s;
    pixels = std::move(bytes);
    return {};
  }
};

} // namespace

Result<std::shared_ptr<Split>> openIdxSplit(const std::string &images, const std::string &labels) {
  Result<InputFile> imageFile = InputFile::open(images), labelFile = InputFile::open(labels);
  if (!imageFile.ok())
    return imageFile.error();
  if (!labelFile.ok())
    return labelFile.error();
  Result<Header> header = readHeader(imageFile.value());
  const Result<Header> labelHeader = readHeader(labelFile.value());
  if (!header.ok())
    return header.error();
  if (!labelHeader.ok())
    return labelHeader.error();
  if (header.value().shape.size() < 2)
    return imageFile.value().wrongAt(3, "one axis; images have at least 2");
  if (labelHeader.value().shape.size() != 1)
    return labelFile.value().wrongAt(3, fmt::format("{} axes; labels have 1", labelHeader.value().shape.size()));
  if (header.value().shape[0] != labelHeader.value().shape[0])
    return labelFile.value().wrongAt(4, fmt::format("{} labels, but '{}' has {} images", labelHeader.value().shape[0], images,
                                                    header.value().shape[0]));
  std::vector<uint8_t> values;
  if (Status s = labelFile.value().read(values, labelHeader.value().bytes); !s.ok())
    return s.error();
  if (Status s = labelFile.value().expectEnd(); !s.ok())
    return s.error();
  return std::shared_ptr<Split>(std::make_shared<IdxSplit>(images, std::move(header.value()), std::move(values)));
}

} // namespace snn::rt::data
