// A file that always holds the state of its last commit: a process that is killed in the middle of
// writing leaves no mixture. Bytes behind that state are written at once; what changes it waits in
// memory and is noted in a journal behind it before it is written in place.
#pragma once

#include "runtime/record/Journal.h"

#include <memory>

namespace snn::rt::record {

/// What fails returns false and leaves errno, also in error(). After a failed write nothing is
/// written or committed any more, so that the file keeps its last state.
class AtomicFile {
public:
  /// The file as it is found is the committed state; see recover() and clear().
  explicit AtomicFile(std::unique_ptr<RawFile> file);

  /// False if another program has it open.
  bool lock() { return file->lock(); }
  /// Completes the commit that a killed process began; to be called before the file is used.
  bool recover();
  /// Makes the file empty.
  bool clear();

  /// How long the content is. A process that was killed leaves the file longer than its content:
  /// whoever knows the format tells by setEnd() and settle().
  uint64_t end() const { return contentEnd; }
  void setEnd(uint64_t n) { contentEnd = n; }
  /// The committed state ends at end(), what the file has behind is nobody's.
  void settle() { committedEnd = written = contentEnd; }

  /// Bytes that were never written are zeros.
  bool read(uint64_t at, void *to, size_t n) const;
  bool write(uint64_t at, const void *from, size_t n);
  /// Up to where anything was written.
  uint64_t size() const { return written; }
  /// Makes all that was written the state of the file; with `toDisk` also if the power fails, up to
  /// then.
  bool commit(bool toDisk);
  /// Cuts what lies behind the committed state and gives back room that was taken ahead. Only for a
  /// file that was changed.
  bool trim();
  /// Nothing is committed any more.
  void abandon(int error) { failure = failure ? failure : error; }

  /// Up to where a commit may write.
  uint64_t needs() const;
  int error() const { return failure; }
  int descriptor() const { return file->descriptor(); }

private:
  std::unique_ptr<RawFile> file;
  journal::Pages pages;      ///< of the committed state, as they are to become
  uint64_t committedEnd = 0; ///< of the state on the disk
  uint64_t contentEnd = 0;   ///< of the state to come
  uint64_t written = 0;      ///< behind are zeros, whatever the file has there
  bool changed = false;      ///< since the last commit
  bool everChanged = false;
  bool applying = false; ///< a complete journal is at the file's end
  int failure = 0;

  bool fail();
  bool writeBehind(uint64_t at, const uint8_t *from, size_t n);
  bool writeWithin(uint64_t at, const uint8_t *from, size_t n);
  bool fill(uint64_t to);
  bool commitPages(bool toDisk);
};

} // namespace snn::rt::record
