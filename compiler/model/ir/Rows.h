// How the rows of a projection's edges are stored.
#pragma once

#include "compiler/model/ir/Network.h"

namespace snn::model {

/// As far as the model tells, rows of all_to_all need no list of targets if these are consecutive, until drawn delays sort them.
/// Either: the runtime looks at the cells of the slice (connect::denseRows).
enum class Rows : uint8_t { Dense, Sparse, Either };

/// Of a projection of the group.
Rows rowsOf(const Projection &p, const Group &group);

} // namespace snn::model
