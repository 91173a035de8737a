// Who empties the buckets of what arrives: the launch that computes the targets, or one of its own.
#include "runtime/exec/cuda/Launches.h"

#include <algorithm>

namespace snn::rt::cuda {

/// The call that reads and changes a variable of each cell of a population in each step, and of no other cell. Of calls that change it
/// there is one in a launch.
std::optional<size_t> Launches::callThatTakes(const Launch &launch, const Target &target) const {
  for (size_t k = 0; launch.loop == abi::CudaLoop::Cells && k < launch.calls.size(); ++k) {
    const Call &call = launch.calls[k];
    const abi::Command &command = net.tables.step[call.command];
    const abi::KernelInfo &kernel = net.tables.kernels[command.kernel];
    if (kernel.object == target.first && command.everyScalar == abi::none && !call.when && !call.departing &&
        std::ranges::count(kernel.loads, target.second) && std::ranges::count(kernel.stores, target.second))
      return k;
  }
  return {};
}

/// Who adds up what a launch pushes, where that is a call that computes the targets; nothing between may touch the sums but other
/// launches that push.
std::optional<Launches::Taker> Launches::takerOf(size_t pushing, const Target &target) const {
  for (size_t k = pushing + 1; k < list.size(); ++k) {
    const Launch &next = list[k];
    const bool used = next.reads.contains(target.second) || next.writes.contains(target.second), touched = used || next.adds.contains(target.second);
    if (!touched || (next.pushes && !used) || next.when == When::Resumed)
      continue;
    const std::optional<size_t> call = callThatTakes(next, target);
    return call ? std::optional<Taker>({k, *call}) : std::nullopt;
  }
  return {};
}

/// A launch that takes, after each that pushes: in each step, or only when a step goes on the patient way. From the last to the first,
/// because what comes later at the same sums decides.
void Launches::addTakers() {
  for (size_t k = list.size(); k-- > 0;) {
    if (!list[k].pushes)
      continue;
    Launch take{.symbol = "snn_take", .when = When::Resumed};
    for (const auto &[target, calls] : list[k].byTarget) {
      Call &call = take.calls.emplace_back();
      call.cells = net.populations[target.first].count;
      take.most = std::max(take.most, call.cells);
      take.writes.insert(target.second);
      if (!takerOf(k, target))
        take.when = When::Quick;
    }
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(k) + 1, std::move(take));
  }
}

void Launches::wantBuckets() {
  for (const Launch &launch : list) {
    size_t owner = launch.firstOwner;
    for (const auto &[target, calls] : launch.byTarget) {
      Owners &o = owners[owner++];
      const std::string whose = "population " + net.tables.populations[target.first].name;
      const auto want = [&](auto *&place, size_t bytes) {
        if (launch.pushes)
          device.want(reinterpret_cast<uint64_t *>(&place), static_cast<size_t>(o.targets) * bytes, whose, "what arrives at its cells in a step", net.tables.populations[target.first].place);
      };
      want(o.buckets.counts, sizeof *o.buckets.counts);
      want(o.buckets.keys, snn::cuda::bucketDepth * sizeof *o.buckets.keys);
      want(o.buckets.values, snn::cuda::bucketDepth * static_cast<size_t>(net.settings.precision));
    }
  }
}

/// Tells calls which buckets they empty, in the order of the launches that push.
void Launches::giveInboxes() {
  for (size_t k = 0; k < list.size(); ++k) {
    size_t owner = 0;
    for (const auto &[target, calls] : list[k].byTarget) {
      if (!list[k].pushes)
        continue;
      list[k + 1].takes[owner].push_back({k, owner});
      if (list[k + 1].when == When::Resumed) {
        const Taker taker = *takerOf(k, target);
        list[taker.launch].takes[taker.call].push_back({k, owner});
      }
      ++owner;
    }
  }
}

void Launches::placeBuckets() {
  for (size_t k = 0; k < list.size(); ++k) {
    size_t owner = list[k].firstOwner;
    for (const auto &[target, calls] : list[k].byTarget) {
      owners[owner].launch = static_cast<uint32_t>(k + 1);
      if (list[k].pushes)
        owners[owner].buckets.sums = address<void>(mirror.address(target.second));
      ++owner;
    }
  }
  giveInboxes();
  for (const Launch &launch : list)
    for (const auto &[call, taken] : launch.takes) {
      Call &taker = calls[launch.firstCall + call];
      taker.inboxes = address<const Owners>(inboxesAt) + inboxes.size();
      taker.inboxCount = static_cast<uint32_t>(taken.size());
      for (const auto &[pushing, owner] : taken)
        inboxes.push_back(owners[list[pushing].firstOwner + owner]);
    }
}

} // namespace snn::rt::cuda
