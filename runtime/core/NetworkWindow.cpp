// Several steps at once: spikes travel at least for the shortest delay, so that until then a block of cells needs nothing of
// the others. Each block is advanced through the window while it is in cache, by one thread, with the spikes that arrive at it;
// then the populations that do not allow this follow step by step, while the spikes of all blocks are put together in order. The
// bits are those of one step after the other. Which populations allow it is decided by the compiler
// (compiler/kernel/ir/Window.h).
#include "runtime/core/NetworkParts.h"

#include <algorithm>
#include <cmath>
#include <utility>

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
  if (most < 2 || !times.empty())
    return 1;
  if (shortestDelay < 0) {
    listCommands();
    shortestDelay = anyAhead ? longestWindow : 0;
    for (size_t id = 0; id < projections.size(); ++id) {
      const ProjectionState &p = projections[id];
      if (!goesAhead(tables.projections[id].target))
        continue;
      shortestDelay = std::min<int64_t>(shortestDelay, p.drawn ? longestWindow : p.delaySteps);
      for (const connect::DelaySegments::Segment &segment : p.segments.list)
        shortestDelay = std::min<int64_t>(shortestDelay, segment.steps);
    }
  }
  return std::min({most, shortestDelay + 1, longestWindow});
}

/// The population whose blocks carry out a command on their way through a window; none: it is carried out step by step.
uint32_t Network::Impl::aheadOf(const abi::Command &command) const {
  uint32_t population = abi::none;
  if (command.kind == abi::CommandKind::Arrivals && takesPart(command))
    population = tables.projections[command.object].target;
  else if (command.kind == abi::CommandKind::Cells)
    population = tables.kernels[command.kernel].object;
  else if (command.kind == abi::CommandKind::Collect)
    population = command.object;
  return population != abi::none && goesAhead(population) ? population : abi::none;
}

/// By population, in the order of the step: what arrives at it, its kernels, its spikes.
void Network::Impl::listCommands() {
  commandsOf.assign(populations.size(), {});
  stepByStep.clear();
  for (size_t k = 0; k < tables.step.size(); ++k)
    if (const uint32_t population = aheadOf(tables.step[k]); population != abi::none)
      commandsOf[population].push_back(k);
    else
      stepByStep.push_back(k);
  anyAhead = std::ranges::any_of(commandsOf, [](const std::vector<size_t> &list) { return !list.empty(); });
}

/// As many blocks as there are threads, if the work is worth it, or as fit the cache.
std::vector<WindowBlock> Network::Impl::cutIntoBlocks(int64_t steps) {
  std::vector<WindowBlock> out;
  for (uint32_t id = 0; id < populations.size(); ++id) {
    if (commandsOf[id].empty())
      continue;
    double bytes = 0;
    int64_t work = 0;
    for (size_t k : commandsOf[id]) {
      const abi::Command &command = tables.step[k];
      if (command.kind == abi::CommandKind::Collect)
        continue;
      if (tables.kernels[command.kernel].space == abi::Space::Cells) {
        work += populations[id].count * tables.kernels[command.kernel].operations * steps;
        for (uint32_t buffer : tables.kernels[command.kernel].loads)
          bytes += static_cast<double>(buffers[buffer].block.size());
      } else {
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
  if (tables.kernels[command.kernel].space == abi::Space::Cells)
    return arriving.size() < 2 ? 0 : advanceCells(block, command.kernel, at);
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
    if (!isDue(k, at))
      continue;
    if (command.kind == abi::CommandKind::Collect) {
      spikesOf(block.population, block.begin, block.end, at, block.spikes[static_cast<size_t>(at - step)]);
      continue;
    }
    block.code |= command.kind == abi::CommandKind::Arrivals ? arriveAt(block, command, at) : advanceCells(block, command.kernel, at);
    if (stops(block.code)) {
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

/// The first of the checks that failed in step `step` of a window; null: none did.
const WindowBlock *Network::Impl::firstFailure(std::span<const WindowBlock> blocks) const {
  const auto state = [&](const WindowBlock &block) {
    return block.failedCommand < tables.step.size() ? 0u : firstNotFinite(block.population, block.begin, block.end);
  };
  const WindowBlock *first = nullptr;
  for (const WindowBlock &block : blocks) // in the order of the commands, then of the buffers, then of the cells
    if (block.failedStep == step && (!first || std::pair(block.failedCommand, state(block)) < std::pair(first->failedCommand, state(*first))))
      first = &block;
  return first;
}

/// What all blocks have met in the command in which the first one failed: with one thread they would be one call.
int32_t Network::Impl::codeOf(std::span<const WindowBlock> blocks, const WindowBlock &failure) const {
  int32_t code = 0;
  for (const WindowBlock &block : blocks)
    if (block.failedStep == failure.failedStep && block.failedCommand == failure.failedCommand)
      code |= block.code;
  return code;
}

/// Carries out what goes step by step, in the step in which the blocks have come to `failure`, if they have.
Status Network::Impl::followBlocks(std::span<const WindowBlock> blocks, const WindowBlock *failure) {
  for (size_t k : stepByStep) {
    if (failure && k > failure->failedCommand)
      break;
    if (isDue(k, step))
      if (Status s = execute(tables.step[k]); !s.ok())
        return s;
  }
  if (failure && failure->failedCommand < tables.step.size())
    return meaning(tables.step[failure->failedCommand].kernel, codeOf(blocks, *failure));
  return checkWindowStep(failure);
}

/// The states of populations that go step by step, and that of the block that failed, in the order of the buffers. (The other
/// blocks are ahead.)
Status Network::Impl::checkWindowStep(const WindowBlock *failure) {
  const bool look = std::exchange(suspect, false);
  const uint32_t failed = failure ? firstNotFinite(failure->population, failure->begin, failure->end) : abi::none;
  for (uint32_t id : checkedByKernels) {
    if (id == failed)
      return diverged(id, failure->begin, std::min(failure->end, populations[failure->population].count), step + 1);
    const abi::Buffer &buffer = tables.buffers[id];
    if (look && !(buffer.extent == abi::Extent::Cells && goesAhead(buffer.object)))
      if (Status s = checkFinite({&id, 1}, step + 1); !s.ok())
        return s;
  }
  return checkFinite(checkedEachStep, step + 1);
}

/// Puts down what arrives in each step of a window at the populations that go ahead.
void Network::Impl::listWindow(int64_t steps) {
  std::vector<uint8_t> listed(projections.size(), 0);
  for (const abi::Command &command : tables.step) {
    if (command.kind != abi::CommandKind::Arrivals || aheadOf(command) == abi::none || std::exchange(listed[command.object], uint8_t{1}))
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
}

Status Network::Impl::runWindow(int64_t steps, const StepObserver &observer) {
  listWindow(steps);
  std::vector<WindowBlock> blocks = cutIntoBlocks(steps);
  pool.run(static_cast<int>(blocks.size()), [&](int k) {
    for (int64_t at = step; at < step + steps; ++at)
      if (!advance(blocks[static_cast<size_t>(k)], at))
        return;
  });
  Status stopped; // who asks to stop is told of the whole window: its blocks are at the end already
  for (const int64_t begin = step; step < begin + steps;) {
    gatherSpikes(blocks, static_cast<size_t>(step - begin));
    const WindowBlock *failure = firstFailure(blocks);
    Status done = followBlocks(blocks, failure);
    ++step;
    if (!done.ok())
      return done;
    if (Status s = tell(observer); !s.ok()) {
      if (s.error().code != ExitCode::ok)
        return s;
      stopped = s;
    }
  }
  return stopped;
}

/// The spikes of step `step` of all blocks, which ascend.
void Network::Impl::gatherSpikes(std::span<const WindowBlock> blocks, size_t inWindow) {
  for (uint32_t id = 0; id < populations.size(); ++id)
    if (goesAhead(id))
      populations[id].history.at(step).clear();
  for (const WindowBlock &block : blocks) {
    PopulationState &state = populations[block.population];
    std::vector<int32_t> &spikes = state.history.at(step);
    spikes.insert(spikes.end(), block.spikes[inWindow].begin(), block.spikes[inWindow].end());
    state.lastCollected = step;
  }
}

} // namespace snn::rt
