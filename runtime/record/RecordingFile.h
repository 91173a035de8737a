// The file of a recording: creation, reservation of room, flushing. The file is always as the last
// flush left it, also if the process is killed (AtomicFile). Room on the disk is taken before
// anything is written, so that a full disk loses nothing of what came before.
#pragma once

#include "runtime/record/AtomicFile.h"
#include "runtime/record/Hdf5.h"

namespace snn::rt::record {

class RecordingFile {
public:
  static Result<RecordingFile> create(const std::string &path);
  /// ExitCode::badData if it is not an HDF5 file.
  static Result<RecordingFile> open(const std::string &path);
  RecordingFile(RecordingFile &&) = default;
  ~RecordingFile();

  hid_t id() const { return file; }
  const std::string &path() const { return name; }
  /// Makes sure that `bytes` more can be written, with what HDF5 itself needs to note them and to
  /// close the file.
  Status reserve(uint64_t bytes);
  /// From now on every reserve() sees to it that `bytes` that the file has can be written again,
  /// with what HDF5 notes of them.
  void willRewrite(uint64_t bytes);
  /// Makes what was written the state of the file, which stays if the process is killed; with
  /// `toDisk` if the power fails.
  Status flush(bool toDisk);
  Status close();
  Error failed(const char *doing) const;

private:
  std::string name;
  std::unique_ptr<AtomicFile> bytes; ///< closed behind `file`
  Handle file;
  uint64_t reserved = 0;  ///< room is there up to this position
  uint64_t rewritten = 0; ///< journal of what may be written again
  bool canReserve = true;

  RecordingFile(std::string path, int fd);
  bool openHdf5(bool create);
  Status reserveTo(uint64_t end);
};

} // namespace snn::rt::record
