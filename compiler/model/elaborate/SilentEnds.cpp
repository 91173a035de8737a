// `on pre` from cells that never spike, `on post` at such: what waits for them never happens. A warning, as the network runs without it.
#include "compiler/model/elaborate/Elaborator.h"

namespace snn::elaborate {

using diag::Id;

namespace {

bool neverSpikes(const model::Population &p) { return !p.spike && !p.spikeTimes; }

} // namespace

void Elaborator::warnOfSilentEnds(const model::Projection &p, const ast::Connect &c) {
  const auto warn = [&](const model::Population &cells, const model::Body &body, std::string_view event, source::Range place) {
    if (body.empty() || !neverSpikes(cells))
      return;
    diagnostics.report(Id::silentEnd, place, "the cells of `{}` never spike, so `{}` of this connection never happens", cells.name, event)
        .note(body.front().range, "this waits for their spikes")
        .mend(fmt::format("give `{}` a `spike when …`, or take a synapse that acts all the time, such as `Dense` of std.synapses", cells.modelName));
  };
  warn(*p.sourcePopulation, p.onPre, "on pre", c.source->range);
  warn(*p.targetPopulation, p.onPost, "on post", c.target->range);
}

} // namespace snn::elaborate
