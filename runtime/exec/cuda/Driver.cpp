// Finding the driver and the first device, and what their errors say.
#include "runtime/exec/cuda/Driver.h"

#include "runtime/exec/cuda/Library.h"

#include <fmt/format.h>

namespace snn::rt::cuda {

namespace {

constexpr int processorsAttribute = 16, majorAttribute = 75, minorAttribute = 76;
constexpr int outOfMemory = 2;

Error unusable(const std::string &why) { return {ExitCode::usage, "--device cuda: " + why + "; --device cpu computes the same"}; }

} // namespace

Result<std::shared_ptr<const Driver>> Driver::open() {
  static const std::string names[] = {"libcuda.so.1", "libcuda.so"};
  const Result<Library> library = Library::open("SNN_CUDA_LIBRARY", names);
  if (!library.ok())
    return unusable("there is no CUDA driver on this machine (" + library.error().message + ")");
  std::shared_ptr<Driver> driver(new Driver);
#define FUNCTION(NAME, SYMBOL, PARAMETERS)                                                                             \
  driver->api.NAME = reinterpret_cast<decltype(driver->api.NAME)>(library.value().find(SYMBOL));                       \
  if (!driver->api.NAME)                                                                                               \
    return unusable("the CUDA driver is too old: it has no " SYMBOL);
  SNN_CUDA_FUNCTIONS
#undef FUNCTION
  if (Status s = driver->start(); !s.ok())
    return s.error();
  return std::shared_ptr<const Driver>(std::move(driver));
}

Status Driver::start() {
  int count = 0;
  if (const Status s = check(api.init(0), "the driver does not start"); !s.ok())
    return unusable(s.error().message);
  if (const Status s = check(api.deviceCount(&count), "devices cannot be counted"); !s.ok() || count == 0)
    return unusable(s.ok() ? "the driver knows no device" : s.error().message);
  if (const Status s = check(api.deviceGet(&device, 0), "the first device is not there"); !s.ok())
    return s;
  if (const Status s = describe(); !s.ok())
    return s;
  return check(api.contextRetain(&context, device), "the device gives no context");
}

Status Driver::describe() {
  int major = 0, minor = 0;
  char name[256] = "";
  for (const auto &[attribute, value] : {std::pair(majorAttribute, &major), std::pair(minorAttribute, &minor), std::pair(processorsAttribute, &processors)})
    if (Status s = check(api.deviceAttribute(value, attribute, device), "the device does not say what it is"); !s.ok())
      return s;
  if (Status s = check(api.deviceName(name, sizeof name, device), "the device has no name"); !s.ok())
    return s;
  if (Status s = check(api.driverVersion(&version), "the driver has no version"); !s.ok())
    return s;
  deviceName = name;
  architecture = fmt::format("sm_{}{}", major, minor);
  overlaps = major >= 9;
  if (major < 8)
    return unusable(fmt::format("{} has compute capability {}.{}, and 8.0 is needed", deviceName, major, minor));
  return {};
}

Driver::~Driver() {
  if (context)
    api.contextRelease(device);
}

Status Driver::check(int code, const char *what) const {
  if (code == 0)
    return {};
  const char *text = nullptr;
  if (api.errorString(code, &text) != 0 || !text)
    text = "unknown error";
  return Error{code == outOfMemory ? ExitCode::resources : ExitCode::internal, fmt::format("CUDA: {}: {} ({})", what, text, code)};
}

Result<size_t> Driver::freeMemory() const {
  size_t free = 0, total = 0;
  if (const Status s = check(api.memoryInfo(&free, &total), "the device does not say what memory is free"); !s.ok())
    return s.error();
  return free;
}

size_t Driver::allMemory() const {
  size_t free = 0, total = 0;
  return api.memoryInfo(&free, &total) == 0 ? total : 0;
}

} // namespace snn::rt::cuda
