// Traces are stored as their value at their last event and the step of it; what they are now follows from what they decay by.
// When that changes, from outside, what has passed until now must still be decayed by what it was.
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <cstring>

namespace snn::rt {

Status Network::Impl::bringTracesToNow(const std::function<bool(const abi::KernelInfo &)> &changes) {
  if (step == 0) // nothing has passed
    return {};
  for (const abi::Projection &p : tables.projections)
    for (const abi::Variable &v : p.variables)
      if (v.lastBuffer != abi::none && buffers[v.buffer].count > 0 && changes(tables.kernels[v.evalKernel]))
        if (Status s = bringToNow(v); !s.ok())
          return s;
  return {};
}

Status Network::Impl::bringToNow(const abi::Variable &trace) {
  unbundleEdges();
  if (Status s = launch(trace.evalKernel); !s.ok())
    return s;
  if (Status s = toRead(trace.evalBuffer); !s.ok())
    return s;
  for (uint32_t id : {trace.buffer, trace.lastBuffer})
    if (Status s = toWrite(id); !s.ok())
      return s;
  const BufferMemory &value = buffers[trace.buffer], &last = buffers[trace.lastBuffer];
  std::memcpy(value.block.data(), buffers[trace.evalBuffer].block.data(), static_cast<size_t>(value.count) * elemSize(value.elem));
  std::fill_n(static_cast<int64_t *>(last.block.data()), last.count, step);
  return {};
}

/// Called when everything that follows from the scalars has been computed.
Status Network::Impl::decayByOldScalars() {
  if (scalarsBefore.empty())
    return {};
  scalars.swap(scalarsBefore);
  const std::vector<double> &then = scalars, &now = scalarsBefore;
  Status done = bringTracesToNow([&](const abi::KernelInfo &decay) {
    return std::ranges::any_of(decay.scalars, [&](uint32_t id) { return then[id] != now[id]; });
  });
  scalars.swap(scalarsBefore);
  scalarsBefore.clear();
  return done;
}

/// Before a buffer is written from outside.
Status Network::Impl::decayByOldValues(uint32_t buffer) {
  if (scalarsChanged)
    if (Status s = prepare(); !s.ok())
      return s;
  return bringTracesToNow([&](const abi::KernelInfo &decay) { return std::ranges::find(decay.loads, buffer) != decay.loads.end(); });
}

} // namespace snn::rt
