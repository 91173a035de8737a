// Entry points: a table of functions, each of which knows its number, and what the numbers stand for.
#include "compiler/kernel/interp/Interpreter.h"

#include <array>
#include <mutex>
#include <utility>

namespace snn::interp {

namespace {

struct Entry {
  const kernel::Program *program = nullptr;
  const kernel::Kernel *kernel = nullptr;
  bool doublePrecision = false;
};
std::array<Entry, maxKernels> entries;
std::mutex entriesLock;

template <size_t N> int32_t entryPoint(const snn_kernel_args *args) {
  const Entry &e = entries[N];
  return e.doublePrecision || e.kernel->doublePrecision ? execute<double>(*e.program, *e.kernel, *args)
                                                        : execute<float>(*e.program, *e.kernel, *args);
}

template <size_t... N> constexpr std::array<snn_kernel_fn, sizeof...(N)> makePoints(std::index_sequence<N...>) {
  return {entryPoint<N>...};
}
constexpr auto points = makePoints(std::make_index_sequence<maxKernels>());

} // namespace

std::unique_ptr<Interpreter> Interpreter::create(const kernel::Program &program, bool doublePrecision) {
  std::unique_ptr<Interpreter> out(new Interpreter);
  const std::lock_guard hold(entriesLock);
  size_t slot = 0;
  for (const kernel::Kernel &k : program.kernels) {
    while (slot < maxKernels && entries[slot].kernel)
      ++slot;
    if (slot == maxKernels) {
      for (size_t taken : out->slots)
        entries[taken] = {};
      out->slots.clear();
      return nullptr;
    }
    entries[slot] = {&program, &k, doublePrecision};
    out->slots.push_back(slot);
    out->table.push_back(points[slot]);
  }
  return out;
}

Interpreter::~Interpreter() {
  const std::lock_guard hold(entriesLock);
  for (size_t slot : slots)
    entries[slot] = {};
}

} // namespace snn::interp
