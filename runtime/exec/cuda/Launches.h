// The commands of a step as launches: commands that share code and do not depend on each other are one launch, so that a network of
// 64 connections needs no more of them than one of a single connection.
#pragma once

#include "runtime/abi/CudaProgram.h"
#include "runtime/exec/cuda/Mirror.h"

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace snn::rt::cuda {

/// About one of so many edges, or cells, is concerned by the spikes of a step: launches have a thread for so many. Where more are
/// concerned, threads take several.
inline constexpr int64_t quietEdges = 1024, quietCells = 64;

/// In which steps a launch takes part. Steps are computed the quick way, where what arrives goes through buckets; after a full one
/// the patient way, by blocks that own their targets (runtime/device/cuda/Delivery.h).
enum class When : uint8_t {
  Always,
  Quick,
  Patient,
  Resumed, ///< when a step goes on the patient way: for what was pushed before
};

/// One launch of a step.
struct Launch {
  std::string symbol;
  abi::CudaLoop loop = abi::CudaLoop::None; ///< None: one of the kernels of Steps.h
  std::vector<Call> calls = {};
  std::vector<Owners> owners = {};          ///< loop Targets
  /// Loop Targets: calls by population and the variable that they add to, until all are known.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Call>> byTarget = {};
  When when = When::Always;
  bool pushes = false;                      ///< by buckets the quick way: then it is `push` that is started
  bool collects = false;                    ///< loop Cells: spikes too
  /// What the calls read, change and only add to: numbers of buffers, and of populations' spikes behind them.
  std::set<uint32_t> reads = {}, writes = {}, adds = {};
  int64_t most = 1;                         ///< elements of the largest call
  int64_t mostTargets = 1;                  ///< loop Targets: cells of the largest population
  Handle function = nullptr, push = nullptr;
  bool walks = false;                       ///< what arrives, by blocks that share the calls
  uint64_t sharesAt = 0;                    ///< then: on the device, which block does what
  std::vector<snn::cuda::BlockShare> shares = {};
  uint64_t firstCall = 0, firstOwner = 0;   ///< in the arrays of all
  /// Of cells: by call, the launches that push and the targets whose buckets are emptied before.
  std::map<size_t, std::vector<std::pair<size_t, size_t>>> takes = {};

  /// Whether it takes part in steps that go the quick way.
  bool isQuick() const { return when == When::Always || when == When::Quick; }
};

class Launches {
public:
  Launches(Network::Impl &n, Device &d, SpikeRings &r, Connections &c, Mirror &m, const abi::CudaProgram &p)
      : net(n), device(d), rings(r), connections(c), mirror(m), program(p) {}
  /// Says what memory is needed; the addresses of all else must be known when `build` is called.
  void want();
  /// Takes what the launches need beside: buckets of what arrives.
  Status build();
  /// Brings intervals and what `reset` has cleared up to date.
  void upload();
  /// Starts the launches of one step, the quick way; `after` is called after each kernel.
  void start(uint64_t control, const std::function<void()> &after = {});
  /// Starts the launches of one step, the patient way.
  void startPatiently(uint64_t control);
  /// Starts what is left of a step in which the launch of this number has met a full bucket, the patient way.
  void resume(uint64_t control, size_t from);
  /// What each kernel of a step took in all its calls: seconds in the order of `start`, of the `measured` ones of all steps.
  std::vector<ProfileRow> rows(const std::vector<double> &seconds, int64_t measured, int64_t steps, const std::vector<int64_t> &edgesWalked) const;
  /// Looks at buffers of states, whatever the kernels have met.
  void startCheck(uint64_t control, std::span<const uint32_t> buffers);

private:
  Network::Impl &net;
  Device &device;
  SpikeRings &rings;
  Connections &connections;
  Mirror &mirror;
  const abi::CudaProgram &program;
  std::vector<Launch> list;
  std::vector<Call> calls;     ///< of all launches
  std::vector<Owners> owners;
  std::vector<uint64_t> bound; ///< of all calls
  std::vector<snn::cuda::Checked> checkedLast; ///< where the step ends in its last launch
  std::vector<Owners> inboxes; ///< of calls of cells, one after the other
  uint64_t callsAt = 0, ownersAt = 0, inboxesAt = 0, boundAt = 0, checkAt = 0, checkedAt = 0;
  size_t mostBound = 0;

  Arrivals arrivalsOf(uint32_t connection) const;
  void gatherArrivals();
  void command(uint32_t number);
  void add(Launch &&launch);
  void describe(uint32_t kernel, Launch &launch) const;
  void kernelCall(uint32_t number, Launch &launch);
  void edgesCall(const abi::Command &command, Call &call, Launch &launch) const;
  void arrivalCall(const abi::Command &command, Call &call, Launch &launch);
  void departureCall(const abi::Command &command, Call &call, Launch &launch);
  void bind(uint32_t kernel, Call &call);
  Launch collect(const abi::Command &command);
  bool collectWhereComputed(const abi::Command &command, const Launch &collecting);
  Launch fill(const abi::Command &command);
  Launch reductionOfAll(const abi::Command &command);
  Launch reduction(const abi::Command &command);
  Launch edgeReduction(const abi::Command &command);
  Call checkCall(uint32_t buffer, bool always) const;
  void endOfStep();
  void layOut();
  // Buckets.cpp
  struct Taker {
    size_t launch, call;
  };
  using Target = std::pair<uint32_t, uint32_t>; ///< population and variable
  std::optional<Taker> takerOf(size_t pushing, const Target &target) const;
  std::optional<size_t> callThatTakes(const Launch &launch, const Target &target) const;
  void addTakers();
  void giveInboxes();
  void wantBuckets();
  void placeBuckets();

  void share(Launch &launch);
  Grid gridOf(const Launch &launch, Handle function);
  void startOne(const Launch &launch, Handle function, uint64_t control);
  uint32_t spikesOf(uint32_t population) const { return static_cast<uint32_t>(net.buffers.size()) + population; }
};

} // namespace snn::rt::cuda
