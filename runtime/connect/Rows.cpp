// Filling of edge tables, and the memory that they take.
#include "runtime/connect/Rows.h"

#include <algorithm>
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

namespace snn::rt::connect {

void adviseHugePages(const void *data, size_t bytes) {
  constexpr uintptr_t page = size_t(2) << 20;
  const uintptr_t address = reinterpret_cast<uintptr_t>(data);
  const uintptr_t begin = (address + page - 1) / page * page, end = (address + bytes) / page * page;
  if (begin < end)
    (void)madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE); // ENOSYS, EINVAL: small pages do
}

Status checkMemory(const Request &request, double edges, double bytesPerEdge) {
  const double physical = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (edges * bytesPerEdge <= physical)
    return {};
  return Error{ExitCode::resources,
               fmt::format("{}: {:.3g} edges need {:.1f} GiB for their targets alone; this machine has {:.1f} GiB",
                           request.name, edges, edges * bytesPerEdge / 0x1p30, physical / 0x1p30)};
}

Rows::Rows(const Candidates &c) : candidates(c), tables(c.sources.size() * c.targets.size()) {
  for (size_t s = 0; s < c.sources.size(); ++s)
    for (size_t t = 0; t < c.targets.size(); ++t) {
      EdgeTable &table = tables[s * c.targets.size() + t];
      table.sources = c.sources[s].populationCells;
      table.targets = c.targets[t].populationCells;
      table.target = TargetList(table.targets);
      table.rowBegin.reserve(static_cast<size_t>(table.sources) + 1);
      table.rowBegin.push_back(0);
    }
}

void Rows::expect(uint32_t s, double edges) {
  const double all = std::max<double>(1, static_cast<double>(candidates.allTargets()));
  for (size_t t = 0; t < candidates.targets.size(); ++t) {
    TargetList &target = tables[s * candidates.targets.size() + t].target;
    const double share = edges * static_cast<double>(candidates.targets[t].count()) / all;
    target.reserve(static_cast<size_t>(share));
    adviseHugePages(target.data(), target.capacityBytes());
  }
}

void Rows::endRow(uint32_t s, int64_t pre) {
  for (size_t t = 0; t < candidates.targets.size(); ++t) {
    EdgeTable &table = tables[s * candidates.targets.size() + t];
    // rows of cells before this one that don't take part end where it begins
    const int64_t begin = table.rowBegin.back();
    table.rowBegin.resize(static_cast<size_t>(pre) + 1, begin);
    table.rowBegin.push_back(static_cast<int64_t>(table.target.size()));
  }
  current = 0;
}

std::vector<EdgeTable> Rows::take() {
  for (EdgeTable &table : tables)
    table.rowBegin.resize(static_cast<size_t>(table.sources) + 1, table.rowBegin.back());
  return std::move(tables);
}

} // namespace snn::rt::connect
