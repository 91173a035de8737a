// Operands in ascending order; evaluation of `where` and of probabilities that depend on the pair.
#include "runtime/connect/Candidates.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace snn::rt::connect {

Cells::Cells(const Operand &operand) : populationCells(operand.populationCells) {
  if (operand.all) {
    last = operand.populationCells;
    return;
  }
  list = operand.cells;
  std::sort(list.begin(), list.end());
  if (list.empty())
    return;
  first = list.front();
  last = list.back() + 1;
  if (last - first == static_cast<int64_t>(list.size())) {
    list.clear();
    list.shrink_to_fit();
  }
}

static std::vector<int64_t> offsetsOf(const std::vector<Cells> &operands) {
  std::vector<int64_t> offsets{0};
  for (const Cells &cells : operands)
    offsets.push_back(offsets.back() + cells.count());
  return offsets;
}

Candidates::Candidates(const Request &r) : request(r) {
  for (const Operand &operand : r.sources)
    sources.emplace_back(operand);
  for (const Operand &operand : r.targets)
    targets.emplace_back(operand);
  sourceOffset = offsetsOf(sources);
  targetOffset = offsetsOf(targets);
}

Status Candidates::filter(uint32_t s, uint32_t t, int64_t pre, int64_t from, int64_t to, Scratch &scratch,
                          std::vector<int64_t> &kept) const {
  kept.resize(static_cast<size_t>(to - from));
  std::iota(kept.begin(), kept.end(), from);
  if (!request.where || from == to)
    return {};
  const Cells &cells = targets[t];
  const int64_t begin = cells[from] / 64 * 64, end = cells[to - 1] + 1;
  std::vector<uint8_t> &keep = scratch.keep;
  keep.assign(static_cast<size_t>(end - begin), 0);
  if (Status done = request.where(s, t, pre, begin, end, keep.data()); !done.ok())
    return done;
  std::erase_if(kept, [&](int64_t k) { return !keep[static_cast<size_t>(cells[k] - begin)]; });
  return {};
}

Status Candidates::probabilities(uint32_t s, uint32_t t, int64_t pre, const std::vector<int64_t> &kept, Scratch &scratch,
                                 std::vector<double> &p) const {
  p.resize(kept.size());
  if (kept.empty())
    return {};
  const Cells &cells = targets[t];
  std::vector<double> &values = scratch.values;
  values.resize(static_cast<size_t>(cells.end() - cells.begin()));
  if (Status done = request.probability(s, t, pre, cells.begin(), cells.end(), values.data()); !done.ok())
    return done;
  for (size_t k = 0; k < kept.size(); ++k) {
    p[k] = values[static_cast<size_t>(cells[kept[k]] - cells.begin())];
    if (!(p[k] >= 0 && p[k] <= 1))
      return Error{ExitCode::model, fmt::format("{}: the probability of the pair ({}, {}) is {:g}, not within 0..1; `clip(p, 0, 1)` "
                                                "keeps it there", request.name, pre, cells[kept[k]], p[k])};
  }
  return {};
}

Status Candidates::keptTargets(uint32_t s, int64_t pre, Scratch &scratch, std::vector<int64_t> &kept) const {
  kept.clear();
  for (uint32_t t = 0; t < targets.size(); ++t) {
    if (Status done = filter(s, t, pre, 0, targets[t].count(), scratch, scratch.one); !done.ok())
      return done;
    for (int64_t k : scratch.one)
      kept.push_back(targetOffset[t] + k);
  }
  return {};
}

} // namespace snn::rt::connect
