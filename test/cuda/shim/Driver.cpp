// The functions of the CUDA driver that the runtime calls, by the CPU: memory is the host's, a module is a shared library that the
// shim's NVRTC has compiled, launches run at once. It finds writes beyond allocated memory, and reads what was never written as
// garbage, calls of a thread that has no context, and calls that the driver refuses while a graph is recorded. SNN_SHIM_FAIL_LAUNCH=N lets
// the N-th launch fail, SNN_SHIM_VERSION=12040 makes the driver an old one. SNN_SHIM_SEED draws another order of blocks and threads, SNN_SHIM_MEMORY is the device's memory in bytes, SNN_SHIM_TRACE
// prints the launches of every graph.
#include "Fibers.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <map>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

enum Code { success = 0, invalidValue = 1, outOfMemory = 2, invalidImage = 200, invalidContext = 201, notFound = 500, launchFailed = 719, whileRecording = 900 };

using Moment = std::chrono::steady_clock::time_point;

struct Function {
  std::string name;
  shim::KernelFunction code;
};

struct Node {
  const Function *function;
  shim::Dim grid;
  unsigned threads;
  uint64_t parameters[3];
};

struct Module {
  void *library;
  std::map<std::string, Function> functions;
};

struct Stream {
  bool capturing = false;
  std::vector<Node> captured;
};

constexpr size_t guardBytes = 64;
constexpr unsigned char guard = 0x5a, garbage = 0xa5;

std::map<uint64_t, size_t> allocated;
size_t used = 0;
int sticky = success;
int context = 0;
int recording = 0; ///< streams whose launches become graphs
thread_local std::vector<void *> contexts;

uint64_t number(const char *variable, uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// What every call asks first.
int asked(const char *call, bool mayRecord = false) {
  if (contexts.empty() || contexts.back() != &context)
    return invalidContext;
  if (!recording || mayRecord)
    return success;
  std::fprintf(stderr, "shim: %s while a graph is recorded\n", call);
  return whileRecording;
}

size_t capacity() { return number("SNN_SHIM_MEMORY", uint64_t{4} << 30); }

int guardsHold() {
  for (const auto &[address, bytes] : allocated)
    for (size_t k = 0; k < guardBytes; ++k)
      if (reinterpret_cast<const unsigned char *>(address)[bytes + k] != guard) {
        std::fprintf(stderr, "shim: something was written beyond %zu bytes of device memory\n", bytes);
        return launchFailed;
      }
  return success;
}

/// Whether [address, address + bytes) is memory of the device.
bool known(uint64_t address, size_t bytes) {
  auto after = allocated.upper_bound(address);
  if (after == allocated.begin())
    return false;
  --after;
  return address + bytes <= after->first + after->second;
}

int execute(const Node &node) {
  static uint64_t launches = number("SNN_SHIM_SEED", 1);
  if (const std::string wrong = shim::runGrid(node.function->code, node.parameters, node.grid, node.threads, launches++); !wrong.empty()) {
    std::fprintf(stderr, "shim: %s: %s\n", node.function->name.c_str(), wrong.c_str());
    return sticky = launchFailed;
  }
  return sticky;
}

} // namespace

extern "C" {

int cuInit(unsigned) { return success; }
int cuDriverGetVersion(int *version) { return *version = static_cast<int>(number("SNN_SHIM_VERSION", 13000)), success; }
int cuGetErrorString(int code, const char **text) {
  *text = code == outOfMemory ? "out of memory" : code == launchFailed ? "unspecified launch failure" : code == invalidImage ? "invalid image" : "error";
  return success;
}
int cuDeviceGetCount(int *count) { return *count = static_cast<int>(number("SNN_SHIM_DEVICES", 1)), success; }
int cuDeviceGet(int *device, int) { return *device = 0, success; }
int cuDeviceGetName(char *name, int length, int) { return std::snprintf(name, static_cast<size_t>(length), "shim"), success; }
int cuDeviceGetAttribute(int *value, int attribute, int) {
  *value = attribute == 16 ? 2 : attribute == 75 ? static_cast<int>(number("SNN_SHIM_MAJOR", 9)) : 0;
  return success;
}
int cuDevicePrimaryCtxRetain(void **made, int) { return *made = &context, success; }
int cuDevicePrimaryCtxRelease_v2(int) { return allocated.empty() ? success : invalidValue; }
int cuCtxPushCurrent_v2(void *context) {
  contexts.push_back(context);
  return success;
}
int cuCtxPopCurrent_v2(void **context) {
  if (contexts.empty())
    return invalidContext;
  *context = contexts.back();
  contexts.pop_back();
  return success;
}

int cuMemGetInfo_v2(size_t *free, size_t *total) {
  if (const int refused = asked("cuMemGetInfo_v2"))
    return refused;
  *total = capacity();
  *free = *total - used;
  return success;
}
int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  if (const int refused = asked("cuMemAlloc_v2"))
    return refused;
  if (used + bytes > capacity())
    return outOfMemory;
  char *block = static_cast<char *>(std::aligned_alloc(256, (bytes + guardBytes + 255) / 256 * 256));
  if (!block)
    return outOfMemory;
  std::memset(block, garbage, bytes);
  std::memset(block + bytes, guard, guardBytes);
  *address = reinterpret_cast<uint64_t>(block);
  allocated[*address] = bytes;
  used += bytes;
  return success;
}
int cuMemFree_v2(uint64_t address) {
  if (const int refused = asked("cuMemFree_v2"))
    return refused;
  const int code = guardsHold();
  const auto found = allocated.find(address);
  if (found == allocated.end())
    return invalidValue;
  used -= found->second;
  allocated.erase(found);
  std::free(reinterpret_cast<void *>(address));
  return code;
}
int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *) {
  if (const int refused = asked("cuMemcpyHtoDAsync_v2"))
    return refused;
  if (!known(to, bytes))
    return invalidValue;
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return sticky;
}
int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *) {
  if (const int refused = asked("cuMemcpyDtoHAsync_v2"))
    return refused;
  if (!known(from, bytes))
    return invalidValue;
  std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
  return sticky;
}
int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void *) {
  if (const int refused = asked("cuMemsetD8Async"))
    return refused;
  if (!known(to, bytes))
    return invalidValue;
  std::memset(reinterpret_cast<void *>(to), value, bytes);
  return sticky;
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *) {
  if (!known(to, bytes) || !known(from, bytes))
    return invalidValue;
  std::memcpy(reinterpret_cast<void *>(to), reinterpret_cast<const void *>(from), bytes);
  return sticky;
}
int cuEventCreate(void **event, unsigned) {
  if (const int refused = asked("cuEventCreate"))
    return refused;
  return *event = new Moment, success;
}
int cuEventDestroy_v2(void *event) { return delete static_cast<Moment *>(event), success; }
int cuEventRecord(void *event, void *) {
  if (const int refused = asked("cuEventRecord", true))
    return refused;
  return *static_cast<Moment *>(event) = std::chrono::steady_clock::now(), success;
}
int cuEventElapsedTime(float *milliseconds, void *from, void *to) {
  *milliseconds = std::chrono::duration<float, std::milli>(*static_cast<Moment *>(to) - *static_cast<Moment *>(from)).count();
  return success;
}

int cuStreamCreate(void **stream, unsigned) {
  if (const int refused = asked("cuStreamCreate"))
    return refused;
  return *stream = new Stream, success;
}
int cuStreamDestroy_v2(void *stream) {
  if (const int refused = asked("cuStreamDestroy_v2"))
    return refused;
  return delete static_cast<Stream *>(stream), success;
}
int cuStreamSynchronize(void *) {
  if (const int refused = asked("cuStreamSynchronize"))
    return refused;
  return sticky ? sticky : guardsHold();
}
int cuStreamBeginCapture_v2(void *stream, int) {
  if (const int refused = asked("cuStreamBeginCapture_v2", true))
    return refused;
  static_cast<Stream *>(stream)->capturing = true;
  ++recording;
  return success;
}
int cuStreamEndCapture(void *raw, void **graph) {
  if (const int refused = asked("cuStreamEndCapture", true))
    return refused;
  Stream &stream = *static_cast<Stream *>(raw);
  stream.capturing = false;
  --recording;
  *graph = new std::vector<Node>(std::move(stream.captured));
  stream.captured.clear();
  return success;
}
int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long) {
  if (const int refused = asked("cuGraphInstantiateWithFlags"))
    return refused;
  const auto &nodes = *static_cast<const std::vector<Node> *>(graph);
  *executable = new std::vector<Node>(nodes);
  if (std::getenv("SNN_SHIM_TRACE"))
    for (const Node &node : nodes)
      std::fprintf(stderr, "launch of %zu: %s <<<(%u, %u), %u>>>\n", nodes.size(), node.function->name.c_str(), node.grid.x, node.grid.y, node.threads);
  return success;
}
int cuGraphDestroy(void *graph) { return delete static_cast<std::vector<Node> *>(graph), success; }
int cuGraphExecDestroy(void *graph) { return delete static_cast<std::vector<Node> *>(graph), success; }
int cuGraphLaunch(void *executable, void *) {
  if (const int refused = asked("cuGraphLaunch"))
    return refused;
  for (const Node &node : *static_cast<const std::vector<Node> *>(executable))
    if (int code = execute(node))
      return code;
  return success;
}

int cuModuleLoadData(void **made, const void *image) {
  if (const int refused = asked("cuModuleLoadData"))
    return refused;
  const auto *head = static_cast<const Elf64_Ehdr *>(image);
  if (number("SNN_SHIM_VERSION", 13000) < 13000 || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
    return invalidImage;
  const size_t bytes = head->e_shoff + size_t{head->e_shnum} * head->e_shentsize; // the sections' table is last
  const int file = memfd_create("kernels", MFD_CLOEXEC);
  if (file < 0 || write(file, image, bytes) != static_cast<ssize_t>(bytes))
    return invalidImage;
  // The file stays open: dlopen takes a library whose path it knows for the one that it has, and numbers are used again.
  void *library = dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    std::fprintf(stderr, "shim: %s\n", dlerror());
    return invalidImage;
  }
  *made = new Module{library, {}};
  return success;
}
/// Its code may still be listed in graphs.
int cuModuleUnload(void *module) {
  if (const int refused = asked("cuModuleUnload"))
    return refused;
  return delete static_cast<Module *>(module), success;
}
int cuModuleGetFunction(void **function, void *raw, const char *name) {
  if (const int refused = asked("cuModuleGetFunction", true))
    return refused;
  Module &module = *static_cast<Module *>(raw);
  void *code = dlsym(module.library, name);
  if (!code)
    return notFound;
  const auto at = module.functions.try_emplace(name, Function{name, reinterpret_cast<shim::KernelFunction>(code)}).first;
  *function = &at->second;
  return success;
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void *, int threads, size_t) {
  if (const int refused = asked("cuOccupancyMaxActiveBlocksPerMultiprocessor", true))
    return refused;
  return *blocks = 2048 / threads, success;
}
struct LaunchConfig { // CUlaunchConfig
  unsigned grid[3], block[3], sharedBytes;
  void *stream, *attributes;
  unsigned attributeCount;
};
int cuLaunchKernelEx(const LaunchConfig *config, void *function, void **parameters, void **) {
  if (const int refused = asked("cuLaunchKernelEx", true))
    return refused;
  const auto [x, y, z] = config->grid;
  const unsigned threads = config->block[0];
  if (!function || x == 0 || y == 0 || z != 1 || y > 65535 || threads == 0 || threads > 1024)
    return invalidValue;
  static uint64_t failing = number("SNN_SHIM_FAIL_LAUNCH", 0);
  if (failing && --failing == 0)
    return invalidValue;
  Node node{static_cast<const Function *>(function), {x, y, 1}, threads, {}};
  for (int k = 0; k < 3; ++k)
    std::memcpy(&node.parameters[k], parameters[k], 8);
  Stream &stream = *static_cast<Stream *>(config->stream);
  if (!stream.capturing)
    return execute(node);
  stream.captured.push_back(node);
  return success;
}

} // extern "C"
