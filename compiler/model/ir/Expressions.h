// Goes over all expressions of a part of the model, in the order in which they are written.
#pragma once

#include "compiler/model/ir/Experiment.h"

#include <functional>

namespace snn::model {

/// Is never given null. `chosen`: it stands in a branch, where a condition has to hold first.
using SeeExpression = std::function<void(expr::ExprPtr, bool chosen)>;

void forEachExpression(const Body &body, const SeeExpression &see);
/// Without the definitions of what belongs to others: those of the network, of the other cells.
void forEachExpression(const Population &cells, const SeeExpression &see);
void forEachExpression(const Projection &edges, const SeeExpression &see);
void forEachExpression(const HostBody &body, const SeeExpression &see);
/// Settings, sweeps and what is given to the network too.
void forEachExpression(const Experiment &experiment, const SeeExpression &see);

} // namespace snn::model
