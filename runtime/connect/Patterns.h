// What the generators of the patterns share.
#pragma once

#include "runtime/connect/Candidates.h"

namespace snn::rt::connect {

/// The k of fixed_in and fixed_out: whole and not negative.
Status wholePartners(const Request &request, int64_t &k);
/// An error unless `have` candidates are enough for k partners. `side`: what `cell` is, "source" or "target"; `partners`:
/// what it should get.
Status enoughPartners(const Request &request, int64_t k, int64_t have, const char *side, int64_t cell,
                      const char *partners);
/// fixed_in: each target draws its sources.
Status fixedIn(Candidates &candidates, std::vector<EdgeTable> &out);

} // namespace snn::rt::connect
