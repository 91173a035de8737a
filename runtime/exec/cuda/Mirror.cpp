// Buffers go to the device when a run begins, and come back when the host reads them.
#include "runtime/exec/cuda/Mirror.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <numeric>

namespace snn::rt::cuda {

void Mirror::findUsed() {
  const auto use = [&](uint32_t buffer, bool stored = false) {
    if (buffer == abi::none)
      return;
    copies[buffer].used = true;
    copies[buffer].stored |= stored;
  };
  for (const abi::Population &population : net.tables.populations)
    for (const abi::CellGroups &groups : population.groups)
      use(groups.order);
  for (const abi::Command &command : net.tables.step) {
    if (!net.takesPart(command))
      continue;
    use(command.from);
    use(command.to, true);
    if (command.kernel != abi::none) {
      std::ranges::for_each(net.tables.kernels[command.kernel].loads, [&](uint32_t b) { use(b); });
      std::ranges::for_each(net.tables.kernels[command.kernel].stores, [&](uint32_t b) { use(b, true); });
    }
    if (command.kind == abi::CommandKind::Collect) {
      use(net.tables.populations[command.object].flags, true);
      use(net.tables.populations[command.object].spikeStep, true);
    }
  }
  for (const std::vector<uint32_t> *list : {&net.checkedByKernels, &net.checkedEachStep, &net.checkedAtEnd})
    std::ranges::for_each(*list, [&](uint32_t b) { use(b); });
}

/// Where the host has the buffer, and how large it is: values of procedural edges are made for all rows.
Status Mirror::locate(uint32_t id) {
  const abi::Buffer &buffer = net.tables.buffers[id];
  Copy &copy = copies[id];
  copy.host = net.buffers[id].block.data();
  copy.bytes = net.buffers[id].block.size();
  copy.count = net.buffers[id].count;
  if (buffer.extent != abi::Extent::Edges || !net.projections[buffer.object].procedural)
    return {};
  const Result<Stored> made = connections.stored(buffer.object);
  if (!made.ok())
    return made.error();
  copy.host = (*made.value().buffers)[id];
  copy.count = made.value().table->edges();
  copy.bytes = static_cast<size_t>(padded(copy.count)) * net.elemSize(buffer.elem);
  return {};
}

/// Whose values they are, for messages, and the line where it is declared.
std::pair<std::string, std::string> Mirror::ownerOf(const abi::Buffer &buffer) const {
  switch (buffer.extent) {
  case abi::Extent::One:
    return {"the network", ""};
  case abi::Extent::Cells:
  case abi::Extent::Groups:
    return {"population " + net.tables.populations[buffer.object].name, net.tables.populations[buffer.object].place};
  case abi::Extent::Array:
    return {"array " + net.tables.arrays[buffer.object].name, ""};
  case abi::Extent::Sources:
  case abi::Extent::Targets:
  case abi::Extent::Edges:
  case abi::Extent::Ring:
  case abi::Extent::Lent:
  case abi::Extent::Moments:
  case abi::Extent::Logged:
    return {net.tables.projections[buffer.object].name, net.tables.groups[net.tables.projections[buffer.object].group].place};
  }
  return {};
}

/// Values of edges that are among those of another projection are where its are.
void Mirror::findPlaces() {
  places.resize(copies.size());
  std::iota(places.begin(), places.end(), 0u);
  for (const EdgeBundle &bundle : net.bundles)
    for (const std::vector<uint32_t> &member : bundle.buffers)
      for (size_t k = 0; k < member.size(); ++k) {
        places[member[k]] = bundle.leaderBuffers[k];
        copies[bundle.leaderBuffers[k]].bundled = true;
      }
}

Status Mirror::want() {
  findUsed();
  findPlaces();
  for (uint32_t id = 0; id < copies.size(); ++id) {
    if (!copies[id].used)
      continue;
    if (Status s = locate(id); !s.ok())
      return s;
    const abi::Buffer &buffer = net.tables.buffers[id];
    const auto [owner, line] = ownerOf(buffer);
    device.want(&copies[id].address, copies[id].bytes, owner, fmt::format("{} values of {}", copies[id].count, buffer.name), line);
  }
  device.want(&scalars, net.scalars.size() * 8, "the network", "its uniform values");
  return {};
}

Status Mirror::upload() {
  for (uint32_t id = 0; id < copies.size(); ++id) {
    Copy &copy = copies[id];
    if (!copy.used || !(copy.hostNewer || copy.lent))
      continue;
    if (copy.bundled && !net.putTogether(*net.bundleOf(net.tables.buffers[id].object)))
      return Error{ExitCode::resources, fmt::format("no memory is left to bring {} to the CUDA device", net.tables.buffers[id].name)};
    device.upload(copy.address, copy.bundled ? net.pointers[id] : copy.host, copy.bytes);
    copy.hostNewer = false;
  }
  return {};
}

void Mirror::stepped() {
  for (Copy &copy : copies)
    copy.deviceNewer |= copy.stored;
}

Status Mirror::readLent() {
  for (uint32_t id = 0; id < copies.size(); ++id)
    if (copies[id].lent)
      if (Status s = read(id); !s.ok())
        return s;
  return {};
}

void Mirror::show(uint32_t id, const void *then) {
  std::memcpy(copies[id].host, then, copies[id].bytes);
  copies[id].shown = true;
}

Status Mirror::read(uint32_t id) {
  Copy &copy = copies[id];
  if (!copy.deviceNewer || copy.shown)
    return {};
  copy.deviceNewer = false;
  device.download(copy.host, copy.address, copy.bytes);
  return device.wait();
}

Status Mirror::write(uint32_t id) {
  copies[id].deviceNewer &= !copies[id].shown; // who writes in the moment that is told of has stopped the device there
  copies[places[id]].hostNewer = true;
  return read(id);
}

Status Mirror::lend(uint32_t id) {
  copies[id].lent = lentSome = true;
  return read(id);
}

} // namespace snn::rt::cuda
