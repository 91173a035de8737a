// Thin owners over HDF5's handles and the settings that every recording has. HDF5 is seen here and by
// the readers of data sets in its format alone.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <hdf5.h>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace snn::rt::record {

/// Types of elements of data sets.
enum class Element : uint8_t { F32, F64, I64, U64, Bool };
hid_t memoryType(Element element);
hid_t fileType(Element element);
uint64_t sizeOf(Element element);

/// A handle that is closed by its own function.
class Handle {
public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close close) : id(id), closer(close) {}
  Handle(Handle &&o) noexcept : id(std::exchange(o.id, -1)), closer(o.closer) {}
  Handle &operator=(Handle &&o) noexcept {
    close();
    id = std::exchange(o.id, -1);
    closer = o.closer;
    return *this;
  }
  ~Handle() { close(); }
  bool valid() const { return id >= 0; }
  operator hid_t() const { return id; }
  bool close() { return id < 0 || closer(std::exchange(id, -1)) >= 0; }

private:
  hid_t id = -1;
  Close closer = nullptr;
};

/// HDF5 has global state and Debian's library no locks: held around every call.
std::recursive_mutex &hdf5Lock();
/// Switches off error printing, plug-ins and the handler at exit, once.
void prepareHdf5();

Handle groupCreation();     ///< without times
Handle linkCreation();      ///< UTF-8, with intermediate groups
/// Makes a group at `path`, or opens the one that is there.
Handle openGroup(hid_t file, const std::string &path, bool create);
bool linkExists(hid_t file, const std::string &path);

bool writeText(hid_t object, const char *name, const std::string &text);
bool writeNumbers(hid_t object, const char *name, hid_t type, const void *data, size_t count, bool scalar);
/// Nothing but false if it is not there or not a text.
bool readText(hid_t object, const char *name, std::string &text);

} // namespace snn::rt::record
