// One stream of one device: failures are kept until somebody waits.
#include "runtime/exec/cuda/Device.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace snn::rt::cuda {

namespace {
constexpr int madeFor = 13000; ///< CUDA of NVRTC
} // namespace

Device::~Device() {
  const InUse here = use();
  if (!here.status().ok())
    return;
  dropGraphs();
  for (Handle moment : moments)
    driver->api.eventDestroy(moment);
  for (const auto &[pointer, bytes] : taken)
    driver->api.release(pointer);
  for (Handle module : modules)
    driver->api.moduleUnload(module);
  if (stream)
    driver->api.streamDestroy(stream);
}

void Device::keep(int code, const char *what) {
  if (code != 0 && failure.ok())
    failure = driver->check(code, what);
}

Status Device::load(const std::vector<std::string> &cubins) {
  keep(driver->api.streamCreate(&stream, 0), "no stream can be made");
  if (!failure.ok())
    return failure;
  for (const std::string &cubin : cubins) {
    Handle module = nullptr;
    keep(driver->api.moduleLoad(&module, cubin.data()), "the compiled kernels cannot be loaded");
    if (module)
      modules.push_back(module);
  }
  if (!failure.ok() && driver->version < madeFor)
    failure = Error{ExitCode::usage, fmt::format("--device cuda: the driver of {} knows CUDA {}.{}, and kernels are compiled for CUDA {} ({}); a newer driver is needed",
                                                 driver->deviceName, driver->version / 1000, driver->version % 1000 / 10, madeFor / 1000, failure.error().message)};
  return failure;
}

void Device::want(uint64_t *place, size_t bytes, std::string what, std::string detail, std::string line) {
  wanted.push_back({place, bytes});
  plan.add({std::move(what), std::move(detail), static_cast<double>(bytes), std::move(line)});
}

Status Device::take() {
  const std::vector<Wanted> asked = std::exchange(wanted, {});
  const MemoryPlan planned = std::exchange(plan, {}); // what is taken is no longer free, what fails is no longer wanted
  if (!failure.ok())
    return failure;
  const Result<size_t> free = driver->freeMemory();
  if (!free.ok())
    return failure = free.error();
  if (Status s = planned.check(static_cast<double>(free.value()), "on the CUDA device, "); !s.ok())
    return s;
  for (const Wanted &w : asked) {
    if (w.bytes == 0 || !failure.ok())
      continue;
    keep(driver->api.allocate(w.place, w.bytes), "memory cannot be had");
    if (!failure.ok())
      break;
    taken[*w.place] = w.bytes;
    keep(driver->api.clear(*w.place, 0, w.bytes, stream), "memory cannot be cleared");
  }
  return wait();
}

void Device::giveBack(DevicePointer pointer) {
  if (taken.erase(pointer))
    driver->api.release(pointer);
}

size_t Device::bytesTaken() const {
  return std::accumulate(taken.begin(), taken.end(), size_t{0}, [](size_t sum, const auto &block) { return sum + block.second; });
}

void Device::clear(DevicePointer to, size_t bytes) {
  if (failure.ok() && bytes)
    keep(driver->api.clear(to, 0, bytes, stream), "memory cannot be cleared");
}

/// The host's copy may be gone, or changed, when the device gets to it: little is kept until then, much is waited for.
void Device::upload(DevicePointer to, const void *from, size_t bytes) {
  constexpr size_t little = 65536;
  if (!failure.ok() || bytes == 0)
    return;
  if (bytes <= little)
    from = underWay.emplace_back(static_cast<const char *>(from), static_cast<const char *>(from) + bytes).data();
  keep(driver->api.toDevice(to, from, bytes, stream), "data cannot be copied to the device");
  if (bytes > little)
    (void)wait(); // the failure is kept
}

void Device::download(void *to, DevicePointer from, size_t bytes) {
  if (failure.ok() && bytes)
    keep(driver->api.toHost(to, from, bytes, stream), "data cannot be copied from the device");
}

Handle Device::function(const std::string &symbol) {
  Handle found = nullptr;
  const bool shared = symbol.starts_with("snn_"); // a model's kernels begin with another letter
  if (failure.ok())
    keep(driver->api.moduleFunction(&found, shared ? modules.back() : modules.front(), symbol.c_str()), "a kernel is missing");
  return found;
}

int64_t Device::wave(Handle function, unsigned threads) {
  int blocks = 1;
  if (failure.ok())
    keep(driver->api.blocksAtOnce(&blocks, function, static_cast<int>(threads), 0), "a kernel does not fit into the device");
  return int64_t{blocks} * driver->processors;
}

void Device::launch(Handle function, const Grid &grid, uint64_t control, uint64_t calls, uint64_t owners) {
  void *parameters[] = {&control, &calls, &owners};
  LaunchAttribute overlap;
  const LaunchConfig config{{grid.x, grid.y, 1}, {grid.threads, 1, 1}, 0, stream, &overlap, driver->overlaps ? 1u : 0u};
  if (failure.ok())
    keep(driver->api.launch(&config, function, parameters, nullptr), "a kernel cannot be started");
}

void Device::beginGraph() {
  constexpr int onlyThisThread = 1;
  if (failure.ok())
    keep(driver->api.captureBegin(stream, onlyThisThread), "a step cannot be recorded");
  recording = failure.ok();
}

Handle Device::endGraph() {
  Handle graph = nullptr, executable = nullptr;
  if (std::exchange(recording, false)) // also after a failure: it would go on
    keep(driver->api.captureEnd(stream, &graph), "a step cannot be recorded");
  if (failure.ok())
    keep(driver->api.graphInstantiate(&executable, graph, 0), "a step cannot be prepared");
  if (graph)
    driver->api.graphDestroy(graph);
  if (executable)
    graphs.push_back(executable);
  return executable;
}

void Device::dropGraphs() {
  for (Handle graph : std::exchange(graphs, {}))
    driver->api.executableDestroy(graph);
}

void Device::run(Handle graph) {
  if (failure.ok())
    keep(driver->api.graphLaunch(graph, stream), "a step cannot be started");
}

Status Device::wait() {
  if (failure.ok())
    keep(driver->api.streamWait(stream), "the device failed");
  underWay.clear();
  return failure;
}

void Device::mark(size_t moment) {
  while (failure.ok() && moments.size() <= moment)
    keep(driver->api.eventCreate(&moments.emplace_back(nullptr), 0), "time cannot be measured");
  if (failure.ok())
    keep(driver->api.eventRecord(moments[moment], stream), "time cannot be measured");
}

double Device::seconds(size_t from, size_t to) {
  float milliseconds = 0;
  if (failure.ok())
    keep(driver->api.eventElapsed(&milliseconds, moments[from], moments[to]), "time cannot be measured");
  return milliseconds * 1e-3;
}

double Device::bandwidth() {
  constexpr size_t bytes = size_t{1} << 28;
  DevicePointer from = 0, to = 0;
  double best = 0;
  const Result<size_t> free = driver->freeMemory();
  if (failure.ok() && free.ok() && free.value() > 3 * bytes && driver->api.allocate(&from, bytes) == 0 && driver->api.allocate(&to, bytes) == 0)
    for (int run = 0; run < 4; ++run) {
      mark(0);
      keep(driver->api.onDevice(to, from, bytes, stream), "data cannot be copied on the device");
      mark(1);
      if (!wait().ok())
        break;
      best = std::max(best, 2.0 * static_cast<double>(bytes) / seconds(0, 1));
    }
  for (DevicePointer pointer : {from, to})
    if (pointer)
      driver->api.release(pointer);
  return best;
}

} // namespace snn::rt::cuda
