// The file of a recording: creation, reservation of room, flushing. With HDF5 a write that fails leaves a file that nobody
// can open; so room on the disk is taken before anything is written.
#pragma once

#include "runtime/record/Hdf5.h"

namespace snn::rt::record {

class RecordingFile {
public:
  static Result<RecordingFile> create(const std::string &path);
  /// ExitCode::badData if it is not an HDF5 file.
  static Result<RecordingFile> open(const std::string &path);
  RecordingFile(RecordingFile &&) = default;
  RecordingFile &operator=(RecordingFile &&) = default;
  ~RecordingFile();

  hid_t id() const { return file; }
  const std::string &path() const { return name; }
  /// Makes sure that `bytes` more can be written, with what HDF5 itself needs to note them and to close the file.
  Status reserve(uint64_t bytes);
  /// Everything reaches the system; with `toDisk` the disk.
  Status flush(bool toDisk);
  Status close();
  Error failed(const char *doing) const;

private:
  /// Owns a descriptor of the same file, for what HDF5 does not offer.
  struct Descriptor {
    int fd = -1;
    explicit Descriptor(int fd) : fd(fd) {}
    Descriptor(Descriptor &&o) noexcept : fd(std::exchange(o.fd, -1)) {}
    Descriptor &operator=(Descriptor &&o) noexcept {
      std::swap(fd, o.fd);
      return *this;
    }
    ~Descriptor();
  };
  std::string name;
  Descriptor descriptor;
  Handle file;
  uint64_t reserved = 0; ///< room is there up to this position
  bool canReserve = true;

  RecordingFile(std::string path, int fd) : name(std::move(path)), descriptor(fd) {}
  Status openHdf5(bool create);
  Status grow();
  Status reserveTo(uint64_t end);
};

} // namespace snn::rt::record
