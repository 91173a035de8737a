// Several steps at once: spikes travel at least for the shortest delay, so that until then a block of cells needs nothing of
// the others. Each block is advanced through the window while it is in cache, by one thread, with the spikes that arrive at it;
// then the spikes of all blocks are put together in order. The bits are those of one step after the other. Which networks
// allow it is decided by the compiler (compiler/kernel/ir/Window.h).
#include "runtime/core/NetworkParts.h"

#include <algorithm>
#include <cmath>

namespace snn::rt {

/// A block of cells on its way through a window.
struct WindowBlock {
  uint32_t population = 0;
  int64_t begin = 0, end = 0;               ///< padded cells, multiples of 64
  bool whole = false;                       ///< all cells: rows need not be cut
  std::vector<std::vector<int32_t>> spikes; ///< by step of the window
  std::vector<snn_segment> piece;           ///< what arrives at these cells
  int64_t failedStep = -1;
  size_t failedCommand = 0;                 ///< whose kernel failed a check; or all of them, for a state that is not finite
  int32_t code = 0;
};

namespace {

constexpr int64_t longestWindow = 64;
/// State of a block, if it is not to be fetched from memory in every step. (Smaller ones would fit the second cache, but to cut
/// the rows that arrive costs more than that saves.)
constexpr double blockBytes = 4e6;

} // namespace

int64_t Network::Impl::windowSteps(int64_t most) {
  if (most < 2 || !tables.stepwise.empty() || !checkedEachStep.empty() || !times.empty())
    return 1;
  if (shortestDelay < 0) {
    listCommands();
    shortestDelay = longestWindow;
    for (const ProjectionState &p : projections) {
      shortestDelay = std::min<int64_t>(shortestDelay, p.drawn ? longestWindow : p.delaySteps);
      for (const connect::DelaySegments::Segment &segment : p.segments.list)
        shortestDelay = std::min<int64_t>(shortestDelay, segment.steps);
    }
  }
  return std::min({most, shortestDelay + 1, longestWindow});
}

/// By population, in the order of the step: what arrives at it, its kernels, its spikes.
void Network::Impl::listCommands() {
  commandsOf.assign(populations.size(), {});
  for (size_t k = 0; k < tables.step.size(); ++k) {
    const abi::Command &command = tables.step[k];
    if (command.kind == abi::CommandKind::Arrivals)
      commandsOf[tables.projections[command.object].target].push_back(k);
    else if (command.kind == abi::CommandKind::Cells)
      commandsOf[tables.kernels[command.kernel].object].push_back(k);
    else if (command.kind == abi::CommandKind::Collect)
      commandsOf[command.object].push_back(k);
  }
}

/// As many blocks as there are threads, if the work is worth it, or as fit the cache.
std::vector<WindowBlock> Network::Impl::cutIntoBlocks(int64_t steps) {
  std::vector<WindowBlock> out;
  for (uint32_t id = 0; id < populations.size(); ++id) {
    double bytes = 0;
    int64_t work = 0;
    for (size_t k : commandsOf[id]) {
      const abi::Command &command = tables.step[k];
      if (command.kind == abi::CommandKind::Cells) {
        work += populations[id].count * tables.kernels[command.kernel].operations * steps;
        for (uint32_t buffer : tables.kernels[command.kernel].loads)
          bytes += static_cast<double>(buffers[buffer].block.size());
      } else if (command.kind == abi::CommandKind::Arrivals) {
        for (const std::vector<snn_segment> &arriving : projections[command.object].window)
          for (const snn_segment &segment : arriving)
            work += (segment.end - segment.begin) * costOfEdge * tables.kernels[command.kernel].operations;
      }
    }
    const int64_t groups = (populations[id].count + 63) / 64;
    const int64_t threads = std::clamp<int64_t>(work / leastWork, 1, pool.size()), cached = static_cast<int64_t>(std::ceil(bytes / blockBytes));
    const int64_t most = std::min<int64_t>(std::max<int64_t>(1, groups), std::max<int64_t>(1, 60'000 / static_cast<int64_t>(populations.size())));
    const int64_t blocks = std::clamp<int64_t>((std::max(threads, cached) + threads - 1) / threads * threads, 1, most);
    for (int64_t k = 0; k < blocks; ++k) {
      WindowBlock &block = out.emplace_back();
      block.population = id;
      block.begin = groups * k / blocks * 64;
      block.end = groups * (k + 1) / blocks * 64;
      block.whole = blocks == 1;
      block.spikes.resize(static_cast<size_t>(steps));
    }
  }
  return out;
}

int32_t Network::Impl::arriveAt(WindowBlock &block, const abi::Command &command, int64_t at) {
  const ProjectionState &p = projections[command.object];
  std::span<const snn_segment> arriving = p.window[static_cast<size_t>(at - step)];
  if (!block.whole) {
    cutRows(p.view, arriving, block.begin, block.end, block.piece);
    arriving = block.piece;
  }
  if (arriving.size() < 2)
    return 0;
  snn_kernel_args args = arguments(command.kernel);
  args.step = args.time_step = at;
  args.edges = &p.view;
  args.segments = arriving.data();
  args.end = static_cast<int64_t>(arriving.size()) - 1;
  return kernels[command.kernel](&args);
}

int32_t Network::Impl::advanceCells(const WindowBlock &block, uint32_t kernel, int64_t at) {
  snn_kernel_args args = arguments(kernel);
  args.step = args.time_step = at;
  args.begin = block.begin;
  args.end = block.end;
  args.target_end = populations[block.population].count;
  return kernels[kernel](&args);
}

/// One step of a block; false if a check fails in it.
bool Network::Impl::advance(WindowBlock &block, int64_t at) {
  block.code = 0;
  for (size_t k : commandsOf[block.population]) {
    const abi::Command &command = tables.step[k];
    if (intervalSteps[k] > 1 && (at + 1) % intervalSteps[k] != 0)
      continue;
    if (command.kind == abi::CommandKind::Collect) {
      spikesOf(block.population, block.begin, block.end, at, block.spikes[static_cast<size_t>(at - step)]);
      continue;
    }
    block.code |= command.kind == abi::CommandKind::Arrivals ? arriveAt(block, command, at) : advanceCells(block, command.kernel, at);
    if (block.code & SNN_BAD_PROBABILITY) {
      block.failedStep = at;
      block.failedCommand = k;
      return false;
    }
  }
  if (!(block.code & SNN_NOT_FINITE) || firstNotFinite(block.population, block.begin, block.end) == abi::none)
    return true; // a flag may also be of the padding
  block.failedStep = at;
  block.failedCommand = tables.step.size();
  return false;
}

/// What the first of the checks that failed in a window says; `step` is its step.
Status Network::Impl::failureOf(std::span<const WindowBlock> blocks) {
  const WindowBlock *first = nullptr;
  for (const WindowBlock &block : blocks)
    if (block.failedStep == step && (!first || block.failedCommand < first->failedCommand))
      first = &block;
  if (first->failedCommand < tables.step.size())
    return meaning(tables.step[first->failedCommand].kernel, first->code);
  const auto buffer = [&](const WindowBlock &block) { return firstNotFinite(block.population, block.begin, block.end); };
  for (const WindowBlock &block : blocks) // in the order of the buffers, then of the cells
    if (block.failedStep == step && buffer(block) < buffer(*first))
      first = &block;
  return diverged(buffer(*first), first->begin, std::min(first->end, populations[first->population].count), step + 1);
}

Status Network::Impl::runWindow(int64_t steps, const StepObserver &observer) {
  for (const abi::Command &command : tables.step) {
    if (command.kind != abi::CommandKind::Arrivals)
      continue;
    ProjectionState &p = projections[command.object];
    p.window.resize(static_cast<size_t>(steps));
    if (p.drawn)
      scheduleArrivals(command.object, step);
    for (int64_t k = 0; k < steps; ++k) {
      std::vector<snn_segment> &arriving = p.window[static_cast<size_t>(k)];
      arriving.clear();
      listArrivals(command.object, step + k, arriving);
      arriving.push_back({}); // fetched ahead, never walked
    }
  }
  std::vector<WindowBlock> blocks = cutIntoBlocks(steps);
  pool.run(static_cast<int>(blocks.size()), [&](int k) {
    for (int64_t at = step; at < step + steps; ++at)
      if (!advance(blocks[static_cast<size_t>(k)], at))
        return;
  });
  int64_t failed = step + steps;
  for (const WindowBlock &block : blocks)
    failed = block.failedStep >= 0 ? std::min(failed, block.failedStep) : failed;
  Status stopped; // who asks to stop is told of the whole window: all cells are at its end
  for (const int64_t begin = step; step < begin + steps;) {
    gatherSpikes(blocks, static_cast<size_t>(step - begin));
    Status done = step == failed ? failureOf(blocks) : Status();
    ++step;
    if (!done.ok())
      return done;
    if (observer.afterStep)
      if (Status s = observer.afterStep(step); !s.ok()) {
        if (s.error().code != ExitCode::ok)
          return s;
        stopped = s;
      }
  }
  return stopped;
}

/// The spikes of step `step` of all blocks, which ascend.
void Network::Impl::gatherSpikes(std::span<const WindowBlock> blocks, size_t inWindow) {
  for (PopulationState &state : populations)
    state.history.at(step).clear();
  for (const WindowBlock &block : blocks) {
    PopulationState &state = populations[block.population];
    std::vector<int32_t> &spikes = state.history.at(step);
    spikes.insert(spikes.end(), block.spikes[inWindow].begin(), block.spikes[inWindow].end());
    state.lastCollected = step;
  }
}

} // namespace snn::rt
