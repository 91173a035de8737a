// Arrays of the model that cells and edges read at computed indices: `stim[floor(t / dt)]`.
#include "runtime/core/Elements.h"
#include "runtime/core/MemoryPlan.h"

#include <fmt/format.h>

namespace snn::rt {

/// Computes the array, so that its size is known before memory is taken.
Status Network::Impl::readArray(uint32_t id) {
  const abi::ArrayTable &table = tables.arrays[id];
  ArrayState &state = arrays[id];
  Result<std::vector<double>> values_ = values.array(table.function, state.shape);
  if (!values_.ok())
    return values_.error();
  if (state.shape.size() != table.extents.size())
    return Error{ExitCode::model, fmt::format("{}: `{}` has {} ax{}, but is read at {} ind{}", table.place, table.name, state.shape.size(),
                                              state.shape.size() == 1 ? "is" : "es", table.extents.size(), table.extents.size() == 1 ? "ex" : "ices")};
  state.values = std::move(values_.value());
  for (size_t axis = 0; axis < table.extents.size(); ++axis)
    scalars[table.extents[axis]] = static_cast<double>(state.shape[axis]);
  return {};
}

void Network::Impl::planArrays(MemoryPlan &plan) const {
  for (size_t id = 0; id < arrays.size(); ++id) {
    const double n = static_cast<double>(arrays[id].values.size());
    plan.add({"array " + tables.arrays[id].name, fmt::format("{} elements", arrays[id].values.size()),
              bufferBytes(abi::Extent::Array, static_cast<uint32_t>(id), n), tables.arrays[id].place, n});
  }
}

void Network::Impl::fillArrays() {
  for (size_t id = 0; id < arrays.size(); ++id) {
    const std::vector<double> elements = std::move(arrays[id].values);
    writeAll(buffers[tables.arrays[id].buffer], settings.precision, elements, static_cast<int64_t>(elements.size()), same);
  }
}

} // namespace snn::rt
