// One stream of one device: failures are kept until somebody waits.
#include "runtime/exec/cuda/Device.h"

namespace snn::rt::cuda {

Device::~Device() {
  if (!use().ok())
    return;
  for (Handle graph : graphs)
    driver->api.executableDestroy(graph);
  for (DevicePointer pointer : taken)
    driver->api.release(pointer);
  if (module)
    driver->api.moduleUnload(module);
  if (stream)
    driver->api.streamDestroy(stream);
}

void Device::keep(int code, const char *what) {
  if (code != 0 && failure.ok())
    failure = driver->check(code, what);
}

Status Device::load(const std::string &cubin) {
  if (Status s = use(); !s.ok())
    return s;
  keep(driver->api.streamCreate(&stream, 0), "no stream can be made");
  keep(driver->api.moduleLoad(&module, cubin.data()), "the compiled kernels cannot be loaded");
  return failure;
}

void Device::want(uint64_t *place, size_t bytes, std::string what, std::string detail) {
  wanted.push_back({place, bytes});
  plan.add(std::move(what), std::move(detail), static_cast<double>(bytes));
}

Status Device::take() {
  if (Status s = plan.check(static_cast<double>(driver->freeMemory())); !s.ok())
    return Error{s.error().code, "on the CUDA device, " + s.error().message};
  for (const Wanted &w : wanted) {
    if (w.bytes == 0 || !failure.ok())
      continue;
    keep(driver->api.allocate(w.place, w.bytes), "memory cannot be had");
    if (!failure.ok())
      break;
    taken.push_back(*w.place);
    keep(driver->api.clear(*w.place, 0, w.bytes, stream), "memory cannot be cleared");
  }
  wanted.clear();
  return wait();
}

void Device::upload(DevicePointer to, const void *from, size_t bytes) {
  if (failure.ok() && bytes)
    keep(driver->api.toDevice(to, from, bytes, stream), "data cannot be copied to the device");
}

void Device::download(void *to, DevicePointer from, size_t bytes) {
  if (failure.ok() && bytes)
    keep(driver->api.toHost(to, from, bytes, stream), "data cannot be copied from the device");
}

Handle Device::function(const std::string &symbol) {
  Handle found = nullptr;
  if (failure.ok())
    keep(driver->api.moduleFunction(&found, module, symbol.c_str()), "a kernel is missing");
  return found;
}

void Device::launch(Handle function, const Grid &grid, uint64_t control, uint64_t calls, uint64_t owners) {
  void *parameters[] = {&control, &calls, &owners};
  if (failure.ok())
    keep(driver->api.launch(function, grid.x, grid.y, 1, grid.threads, 1, 1, 0, stream, parameters, nullptr), "a kernel cannot be started");
}

void Device::beginGraph() {
  constexpr int onlyThisThread = 1;
  if (failure.ok())
    keep(driver->api.captureBegin(stream, onlyThisThread), "a step cannot be recorded");
}

Handle Device::endGraph() {
  Handle graph = nullptr, executable = nullptr;
  if (failure.ok())
    keep(driver->api.captureEnd(stream, &graph), "a step cannot be recorded");
  if (failure.ok())
    keep(driver->api.graphInstantiate(&executable, graph, 0), "a step cannot be prepared");
  if (graph)
    driver->api.graphDestroy(graph);
  if (executable)
    graphs.push_back(executable);
  return executable;
}

void Device::run(Handle graph) {
  if (failure.ok())
    keep(driver->api.graphLaunch(graph, stream), "a step cannot be started");
}

Status Device::wait() {
  if (failure.ok())
    keep(driver->api.streamWait(stream), "the device failed");
  return failure;
}

} // namespace snn::rt::cuda
