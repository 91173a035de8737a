// fixed_total: how many of the n edges each row gets.
#pragma once

#include "runtime/connect/Candidates.h"
#include "runtime/exec/ThreadPool.h"

namespace snn::rt::connect {

/// The number of edges of each row, by position among all sources, when n edges are drawn from all candidate pairs: with
/// `multapses` a multinomial, else a multivariate hypergeometric distribution. Given these numbers, the edges of a row are as
/// in fixed_out, so that rows can still be had one by one. The same for any number of threads.
/// Errors: more distinct edges than there are pairs (ExitCode::model).
Result<std::vector<int64_t>> rowCounts(const Candidates &candidates, int64_t n, exec::ThreadPool &pool);

} // namespace snn::rt::connect
