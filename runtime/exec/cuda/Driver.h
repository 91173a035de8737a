// The CUDA driver, loaded when it is asked for. Of its API (https://docs.nvidia.com/cuda/cuda-driver-api) the functions that we
// call, with types that are laid out like its own.
#pragma once

#include "runtime/core/Status.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace snn::rt::cuda {

using DevicePointer = uint64_t;
using Handle = struct Opaque *; ///< context, stream, module, function, graph

/// CUlaunchAttribute, of which we know one: the launch may begin while the one before it in the stream ends.
struct LaunchAttribute {
  static constexpr int overlap = 6; ///< CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION
  int id = overlap;
  alignas(8) int value = 1;
  char rest[60] = {};
};
/// CUlaunchConfig
struct LaunchConfig {
  unsigned grid[3], block[3], sharedBytes;
  Handle stream;
  LaunchAttribute *attributes;
  unsigned attributeCount;
};
static_assert(sizeof(LaunchAttribute) == 72 && sizeof(LaunchConfig) == 56);

// FUNCTION(name in Api, name in the library, parameters). All return 0 for success.
#define SNN_CUDA_FUNCTIONS                                                                                             \
  FUNCTION(init, "cuInit", (unsigned flags))                                                                           \
  FUNCTION(driverVersion, "cuDriverGetVersion", (int *version))                                                        \
  FUNCTION(errorString, "cuGetErrorString", (int error, const char **text))                                            \
  FUNCTION(deviceCount, "cuDeviceGetCount", (int *count))                                                              \
  FUNCTION(deviceGet, "cuDeviceGet", (int *device, int ordinal))                                                       \
  FUNCTION(deviceName, "cuDeviceGetName", (char *name, int length, int device))                                        \
  FUNCTION(deviceAttribute, "cuDeviceGetAttribute", (int *value, int attribute, int device))                           \
  FUNCTION(contextRetain, "cuDevicePrimaryCtxRetain", (Handle *context, int device))                                   \
  FUNCTION(contextRelease, "cuDevicePrimaryCtxRelease_v2", (int device))                                               \
  FUNCTION(contextPush, "cuCtxPushCurrent_v2", (Handle context))                                                       \
  FUNCTION(contextPop, "cuCtxPopCurrent_v2", (Handle *context))                                                        \
  FUNCTION(memoryInfo, "cuMemGetInfo_v2", (size_t *free, size_t *total))                                               \
  FUNCTION(allocate, "cuMemAlloc_v2", (DevicePointer *pointer, size_t bytes))                                          \
  FUNCTION(release, "cuMemFree_v2", (DevicePointer pointer))                                                           \
  FUNCTION(toDevice, "cuMemcpyHtoDAsync_v2", (DevicePointer to, const void *from, size_t bytes, Handle stream))        \
  FUNCTION(toHost, "cuMemcpyDtoHAsync_v2", (void *to, DevicePointer from, size_t bytes, Handle stream))                \
  FUNCTION(clear, "cuMemsetD8Async", (DevicePointer to, unsigned char value, size_t bytes, Handle stream))             \
  FUNCTION(onDevice, "cuMemcpyDtoDAsync_v2", (DevicePointer to, DevicePointer from, size_t bytes, Handle stream))      \
  FUNCTION(eventCreate, "cuEventCreate", (Handle *event, unsigned flags))                                              \
  FUNCTION(eventDestroy, "cuEventDestroy_v2", (Handle event))                                                          \
  FUNCTION(eventRecord, "cuEventRecord", (Handle event, Handle stream))                                                \
  FUNCTION(eventElapsed, "cuEventElapsedTime", (float *milliseconds, Handle from, Handle to))                          \
  FUNCTION(streamCreate, "cuStreamCreate", (Handle *stream, unsigned flags))                                           \
  FUNCTION(streamDestroy, "cuStreamDestroy_v2", (Handle stream))                                                       \
  FUNCTION(streamWait, "cuStreamSynchronize", (Handle stream))                                                         \
  FUNCTION(captureBegin, "cuStreamBeginCapture_v2", (Handle stream, int mode))                                         \
  FUNCTION(captureEnd, "cuStreamEndCapture", (Handle stream, Handle *graph))                                           \
  FUNCTION(graphInstantiate, "cuGraphInstantiateWithFlags", (Handle *executable, Handle graph, unsigned long long flags)) \
  FUNCTION(graphDestroy, "cuGraphDestroy", (Handle graph))                                                             \
  FUNCTION(graphLaunch, "cuGraphLaunch", (Handle executable, Handle stream))                                           \
  FUNCTION(executableDestroy, "cuGraphExecDestroy", (Handle executable))                                               \
  FUNCTION(moduleLoad, "cuModuleLoadData", (Handle *module, const void *image))                                        \
  FUNCTION(moduleUnload, "cuModuleUnload", (Handle module))                                                            \
  FUNCTION(moduleFunction, "cuModuleGetFunction", (Handle *function, Handle module, const char *name))                 \
  FUNCTION(blocksAtOnce, "cuOccupancyMaxActiveBlocksPerMultiprocessor", (int *blocks, Handle function, int threads, size_t sharedBytes)) \
  FUNCTION(launch, "cuLaunchKernelEx", (const LaunchConfig *config, Handle function, void **parameters, void **extra))

struct Api {
#define FUNCTION(NAME, SYMBOL, PARAMETERS) int(*NAME) PARAMETERS = nullptr;
  SNN_CUDA_FUNCTIONS
#undef FUNCTION
};

/// The first device with its context, which every thread that calls `api` has to make its own (InUse).
class Driver {
public:
  /// Errors (ExitCode::usage): no driver, no device, one that is too old.
  static Result<std::shared_ptr<const Driver>> open();
  ~Driver();

  Api api;
  std::string deviceName, architecture; ///< "NVIDIA H100", "sm_90"
  int processors = 1;                   ///< multiprocessors
  bool overlaps = false;                ///< launches may overlap: compute capability 9.0 and later
  int version = 0;                      ///< of CUDA that the driver knows: 13000 is 13.0

  /// What a call returned: nothing, or what it says, with what was tried.
  Status check(int code, const char *what) const;
  Result<size_t> freeMemory() const;
  size_t allMemory() const;

private:
  friend class InUse;
  int device = 0;
  Handle context = nullptr;

  Driver() = default;
  Status start();
  Status describe();
};

/// While it lives the device is the calling thread's. Then that is again what the thread had before: a program that embeds us may use
/// CUDA itself.
class InUse {
public:
  explicit InUse(const Driver &d) : driver(d), begun(d.check(d.api.contextPush(d.context), "the device cannot be used")) {}
  ~InUse() {
    Handle ours = nullptr;
    if (begun.ok())
      driver.api.contextPop(&ours);
  }
  InUse(const InUse &) = delete;
  InUse &operator=(const InUse &) = delete;
  const Status &status() const { return begun; }

private:
  const Driver &driver;
  Status begun;
};

/// The opposite, while a program that embeds us is told of a step.
class Aside {
public:
  explicit Aside(const Driver &d) : driver(d) { driver.api.contextPop(&ours); }
  ~Aside() { driver.api.contextPush(ours); }
  Aside(const Aside &) = delete;
  Aside &operator=(const Aside &) = delete;

private:
  const Driver &driver;
  Handle ours = nullptr;
};

} // namespace snn::rt::cuda
