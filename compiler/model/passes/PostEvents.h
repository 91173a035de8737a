// Decides how `on post` reaches the edges that end at the target.
#pragma once

#include "compiler/model/ir/Rows.h"

#include <string_view>

namespace snn::passes {

/// Fills Projection::{postWay, postReason}. Where the variables live must be known.
void choosePostWay(model::Projection &projection, model::Rows rows);

/// "replay", "columns of dense rows", …
std::string_view spelling(model::PostWay way);

} // namespace snn::passes
