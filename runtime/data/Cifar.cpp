// CIFAR's binary batches: records of 1 (cifar10) or 2 (cifar100) label bytes and 3 x 32 x 32 bytes of pixels.
#include "runtime/data/Dataset.h"
#include "runtime/data/InputFile.h"

#include <fmt/format.h>

namespace snn::rt::data {

namespace {

constexpr int64_t pixelBytes = 3 * 32 * 32;

class CifarSplit final : public Split {
public:
  CifarSplit(std::vector<std::vector<uint8_t>> b, int64_t labelBytes) : batches(std::move(b)), labelBytes(labelBytes) {
    for (const std::vector<uint8_t> &batch : batches)
      total += static_cast<int64_t>(batch.size()) / record();
  }
  int64_t count() const override { return total; }
  std::vector<int64_t> shape() const override { return {3, 32, 32}; }
  Result<int64_t> label(int64_t k) override {
    const uint8_t *at = find(k);
    if (!at)
      return Error{ExitCode::internal, "sample number out of range"};
    return static_cast<int64_t>(at[labelBytes - 1]);
  }
  Status read(int64_t k, std::vector<double> &out) override {
    const uint8_t *at = find(k);
    if (!at)
      return Error{ExitCode::internal, "sample number out of range"};
    out.resize(pixelBytes);
    for (int64_t p = 0; p < pixelBytes; ++p)
      out[static_cast<size_t>(p)] = static_cast<double>(at[labelBytes + p]) / 255.0;
    return {};
  }

private:
  std::vector<std::vector<uint8_t>> batches;
  int64_t labelBytes, total = 0;

  int64_t record() const { return labelBytes + pixelBytes; }
  const uint8_t *find(int64_t k) const {
    if (k < 0)
      return nullptr;
    for (const std::vector<uint8_t> &batch : batches) {
      const int64_t here = static_cast<int64_t>(batch.size()) / record();
      if (k < here)
        return batch.data() + k * record();
      k -= here;
    }
    return nullptr;
  }
};

} // namespace

Result<std::shared_ptr<Split>> openCifarSplit(std::vector<std::string> paths, int labelBytes) {
  std::vector<std::vector<uint8_t>> batches;
  for (const std::string &path : paths) {
    Result<InputFile> file = InputFile::open(path);
    if (!file.ok())
      return file.error();
    if (file.value().packed())
      return file.value().wrongAt(0, "CIFAR's batches are read unpacked; this one is gzipped");
    const uint64_t size = file.value().mostLeft(), record = static_cast<uint64_t>(labelBytes + pixelBytes);
    if (size == 0 || size % record != 0)
      return file.value().wrongAt(size, fmt::format("the file has {} bytes; a multiple of {} expected", size, record));
    std::vector<uint8_t> bytes;
    if (Status s = file.value().read(bytes, size); !s.ok())
      return s.error();
    const uint8_t classes = labelBytes == 1 ? 10 : 100;
    for (uint64_t at = 0; at < size; at += record)
      if (const uint8_t label = bytes[at + static_cast<uint64_t>(labelBytes) - 1]; label >= classes)
        return file.value().wrongAt(at, fmt::format("label {}; there are {} classes", label, classes));
    batches.push_back(std::move(bytes));
  }
  return std::shared_ptr<Split>(std::make_shared<CifarSplit>(std::move(batches), labelBytes));
}

} // namespace snn::rt::data
