// Which populations can be advanced several steps between two exchanges of spikes.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <string>
#include <vector>

namespace snn::kernel {

/// Spikes travel at least for the shortest delay. In that time a population needs nothing of the others, so that a block of its
/// cells can be advanced several steps while it is in cache, if nothing but the spikes that arrive comes from outside of the
/// block, and nobody else looks at its values in between. For each population: what stands in the way, in words; empty: nothing.
std::vector<std::string> whyStepByStep(const Program &program);

} // namespace snn::kernel
