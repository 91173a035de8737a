// Memory, copies and launches on one device, in one stream. The first failure is kept, and nothing is done after it: callers ask
// once, when they wait.
#pragma once

#include "runtime/core/MemoryPlan.h"
#include "runtime/exec/cuda/Driver.h"

#include <map>
#include <vector>

namespace snn::rt::cuda {

/// A place on the device as a pointer, for structures that kernels read.
template <class T> T *address(DevicePointer pointer) { return reinterpret_cast<T *>(pointer); }

/// How many blocks of how many threads.
struct Grid {
  unsigned x = 1, y = 1, threads = 128;
};

class Device {
public:
  explicit Device(std::shared_ptr<const Driver> d) : driver(std::move(d)) {}
  ~Device();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// The compiled kernels: the model's first, those that all models share last.
  Status load(const std::vector<std::string> &cubins);
  /// To be asked for by whoever calls anything else, and kept as long.
  InUse use() const { return InUse(*driver); }
  const Driver &api() const { return *driver; }

  /// Room for `bytes` bytes, to be had by `take`, which writes its address to `place`.
  void want(uint64_t *place, size_t bytes, std::string what, std::string detail, std::string line = {});
  /// Takes all that is wanted, zeroed, if it fits into the device's memory; else says what needs most.
  Status take();
  /// Frees what was taken, when nothing that uses it is under way.
  void giveBack(DevicePointer pointer);

  void clear(DevicePointer to, size_t bytes);
  void upload(DevicePointer to, const void *from, size_t bytes);
  void download(void *to, DevicePointer from, size_t bytes);
  template <class T> void upload(DevicePointer to, const std::vector<T> &from) { upload(to, from.data(), from.size() * sizeof(T)); }
  Handle function(const std::string &symbol);
  /// How many blocks of a kernel are on their way at a time.
  int64_t wave(Handle function, unsigned threads);
  void launch(Handle function, const Grid &grid, uint64_t control, uint64_t calls, uint64_t owners);
  /// What is launched between the two becomes a graph.
  void beginGraph();
  Handle endGraph();
  void dropGraphs();
  void run(Handle graph);
  /// For all that was asked for; the first failure.
  Status wait();

  /// A moment in the stream, numbered from 0.
  void mark(size_t moment);
  /// Between two moments that are over.
  double seconds(size_t from, size_t to);
  size_t bytesTaken() const;
  /// Bytes that its memory reads and writes in a second; 0 if there is no room to try.
  double bandwidth();

private:
  struct Wanted {
    uint64_t *place;
    size_t bytes;
  };
  std::shared_ptr<const Driver> driver;
  Handle stream = nullptr;
  std::vector<Handle> modules;
  std::map<DevicePointer, size_t> taken; ///< with their bytes
  bool recording = false;                  ///< a graph: until that ends the driver refuses much else
  std::vector<Handle> graphs, moments;
  std::vector<std::vector<char>> underWay; ///< what is being copied to the device
  std::vector<Wanted> wanted;
  MemoryPlan plan;
  Status failure;

  void keep(int code, const char *what);
};

} // namespace snn::rt::cuda
