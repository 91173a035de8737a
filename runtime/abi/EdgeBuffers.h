// Which buffers hold a number for each edge of a projection.
#pragma once

#include "runtime/abi/Image.h"

namespace snn::abi {

/// In the order of their numbers: connections alike have them in the same order.
inline std::vector<uint32_t> edgeBuffersOf(const NetworkTables &tables, uint32_t projection) {
  std::vector<uint32_t> out;
  for (uint32_t id = 0; id < tables.buffers.size(); ++id)
    if (tables.buffers[id].extent == Extent::Edges && tables.buffers[id].object == projection)
      out.push_back(id);
  return out;
}

} // namespace snn::abi
