// Divergence: finds a state that is NaN or infinite at the end of a step. The test looks at the exponent's bits, which no
// compiler flag can optimise away.
#include "runtime/core/NetworkImpl.h"

#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

namespace snn::rt {

namespace {

/// By vectors of 32 bytes: this looks at every state after every step. Kernels need AVX2 as well.
template <class Bits> __attribute__((target("avx2"))) bool anyNotFinite(const void *data, int64_t n) {
  typedef Bits Vector __attribute__((vector_size(32), aligned(sizeof(Bits)), may_alias));
  constexpr Bits exponent = sizeof(Bits) == 4 ? 0x7f800000u : static_cast<Bits>(0x7ff0000000000000u);
  constexpr int64_t lanes = 32 / sizeof(Bits);
  const Bits *bits = static_cast<const Bits *>(data);
  Vector first{}, second{};
  int64_t k = 0;
  for (; k + 2 * lanes <= n; k += 2 * lanes) {
    const Vector *at = reinterpret_cast<const Vector *>(bits + k);
    first |= (Vector)((at[0] & exponent) == exponent);
    second |= (Vector)((at[1] & exponent) == exponent);
  }
  first |= second;
  Bits bad = 0;
  for (int64_t lane = 0; lane < lanes; ++lane)
    bad |= first[lane];
  for (; k < n; ++k)
    bad |= (bits[k] & exponent) == exponent;
  return bad != 0;
}

bool isFinite(const void *data, int64_t index, Precision precision) {
  return precision == Precision::Float
             ? !anyNotFinite<uint32_t>(static_cast<const uint32_t *>(data) + index, 1)
             : !anyNotFinite<uint64_t>(static_cast<const uint64_t *>(data) + index, 1);
}

} // namespace

std::string Network::Impl::nameOfBufferCell(uint32_t id, int64_t index) const {
  const abi::Buffer &buffer = tables.buffers[id];
  const auto named = [&](const std::string &owner, const std::vector<abi::Variable> &variables) -> std::string {
    for (const abi::Variable &v : variables)
      if (v.buffer == id)
        return fmt::format("{} of {} {}", v.name, owner, index);
    return {};
  };
  if (buffer.extent == abi::Extent::Cells)
    if (std::string name = named("cell", tables.populations[buffer.object].variables); !name.empty())
      return fmt::format("{} in population {}", name, tables.populations[buffer.object].name);
  if (buffer.extent == abi::Extent::Edges)
    if (std::string name = named("edge", tables.projections[buffer.object].variables); !name.empty())
      return fmt::format("{} in projection {}", name, tables.projections[buffer.object].name);
  return fmt::format("{}[{}]", buffer.name, index);
}

/// Kernels of cells tell of the states that they store; states that others store are looked at after every step, edges at the
/// end of a run (there may be hundreds of millions), and those that no step changes at the end of the next one only.
void Network::Impl::listStatesToCheck() {
  for (auto *list : {&checkedByKernels, &checkedEachStep, &checkedAtEnd, &checkedNext})
    list->clear();
  for (uint32_t id = 0; id < tables.buffers.size(); ++id) {
    if (!tables.buffers[id].finiteCheck)
      continue;
    bool cells = false, others = false;
    for (const abi::Command &command : tables.step)
      if (command.kernel != abi::none)
        for (uint32_t stored : tables.kernels[command.kernel].stores)
          if (stored == id)
            (tables.kernels[command.kernel].space == abi::Space::Cells ? cells : others) = true;
    const bool edges = tables.buffers[id].extent == abi::Extent::Edges;
    (edges ? (cells || others ? checkedAtEnd : checkedNext) : cells && !others ? checkedByKernels : checkedEachStep).push_back(id);
  }
}

Status Network::Impl::checkStep() {
  if (std::exchange(suspect, false))
    if (Status s = checkFinite(checkedByKernels, step + 1); !s.ok())
      return s;
  return checkFinite(checkedEachStep, step + 1);
}

Error Network::Impl::diverged(uint32_t id, int64_t begin, int64_t end, int64_t atStep) const {
  const BufferMemory &buffer = buffers[id];
  while (begin < end - 1 && isFinite(buffer.block.data(), begin, settings.precision))
    ++begin;
  const double value = load(buffer, begin);
  return {ExitCode::divergence,
          fmt::format("the run diverged at t = {:g} ms: {} is {}", static_cast<double>(atStep) * settings.dt,
                      nameOfBufferCell(id, begin), std::isnan(value) ? "NaN" : value > 0 ? "inf" : "-inf")};
}

bool Network::Impl::finiteWithin(uint32_t id, int64_t begin, int64_t end) const {
  const void *data = buffers[id].block.data();
  return settings.precision == Precision::Float ? !anyNotFinite<uint32_t>(static_cast<const uint32_t *>(data) + begin, end - begin)
                                                : !anyNotFinite<uint64_t>(static_cast<const uint64_t *>(data) + begin, end - begin);
}

uint32_t Network::Impl::firstNotFinite(uint32_t population, int64_t begin, int64_t end) const {
  for (uint32_t id : checkedByKernels)
    if (tables.buffers[id].extent == abi::Extent::Cells && tables.buffers[id].object == population &&
        !finiteWithin(id, begin, std::min(end, populations[population].count)))
      return id;
  return abi::none;
}

Status Network::Impl::checkFinite(std::span<const uint32_t> which, int64_t atStep) {
  for (uint32_t id : which)
    if (!finiteWithin(id, 0, buffers[id].count))
      return diverged(id, 0, buffers[id].count, atStep);
  return {};
}

/// Whole numbers and truths are always finite.
void Network::Impl::checkLater(uint32_t buffer) {
  if (tables.buffers[buffer].elem == abi::Elem::Real || tables.buffers[buffer].elem == abi::Elem::F64)
    checkedNext.push_back(buffer);
}

} // namespace snn::rt
