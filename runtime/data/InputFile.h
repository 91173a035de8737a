// A data file being read from front to back, plain or gzipped.
#pragma once

#include "runtime/data/Input.h"

#include <memory>

namespace snn::rt::data {

class InputFile final : public Input {
public:
  /// Opens regular files alone; gzip is recognised by its first bytes. ExitCode::badData with the
  /// reason.
  static Result<InputFile> open(const std::string &path);
  InputFile(InputFile &&) noexcept;
  InputFile &operator=(InputFile &&) noexcept;
  ~InputFile() override;

  uint64_t mostLeft() const override;
  bool packed() const override;

protected:
  Result<size_t> some(uint8_t *out, size_t bytes) override;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  explicit InputFile(const std::string &path);
};

} // namespace snn::rt::data
