// The commands of a step as launches: commands that share code and do not depend on each other are one launch, so that a network of
// 64 connections needs no more of them than one of a single connection.
#pragma once

#include "runtime/abi/CudaProgram.h"
#include "runtime/exec/cuda/Mirror.h"

#include <functional>
#include <map>
#include <set>

namespace snn::rt::cuda {

/// One launch of a step.
struct Launch {
  std::string symbol;
  abi::CudaLoop loop = abi::CudaLoop::None; ///< None: one of the kernels of Steps.h
  std::vector<Call> calls = {};
  std::vector<Owners> owners = {};          ///< loop Targets
  /// Loop Targets: calls by population and the variable that they add to, until all are known.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Call>> byTarget = {};
  bool pushes = false;                      ///< by buckets: two kernels
  bool collects = false;                    ///< loop Cells: spikes too
  /// What the calls read, change and only add to: numbers of buffers, and of populations' spikes behind them.
  std::set<uint32_t> reads = {}, writes = {}, adds = {};
  int64_t most = 1;                         ///< elements of the largest call
  int64_t allEdges = 1;                     ///< and edges that all of them walk in a step
  Handle function = nullptr, push = nullptr;
  uint64_t firstCall = 0, firstOwner = 0;   ///< in the arrays of all
  uint64_t connectionsAt = 0;               ///< on the device: the calls' connections, if it pushes
};

class Launches {
public:
  Launches(Network::Impl &n, Device &d, Connections &c, Mirror &m, const abi::CudaProgram &p)
      : net(n), device(d), connections(c), mirror(m), program(p) {}
  /// Says what memory is needed; the addresses of all else must be known when `build` is called.
  void want();
  /// Takes what the launches need beside: buckets of what arrives.
  Status build();
  /// Brings intervals and what `reset` has cleared up to date.
  void upload();
  /// Starts the launches of one step; `after` is called after each kernel.
  void start(uint64_t control, const std::function<void()> &after = {});
  /// What each kernel of a step took in all its calls: seconds in the order of `start`.
  std::vector<ProfileRow> rows(const std::vector<double> &seconds, int64_t steps, const std::vector<int64_t> &edgesWalked) const;
  /// Looks at buffers of states, whatever the kernels have met.
  void startCheck(uint64_t control, std::span<const uint32_t> buffers);

private:
  Network::Impl &net;
  Device &device;
  Connections &connections;
  Mirror &mirror;
  const abi::CudaProgram &program;
  std::vector<Launch> list;
  std::vector<Call> calls;     ///< of all launches
  std::vector<Owners> owners;
  std::vector<uint64_t> bound; ///< of all calls
  std::vector<snn::cuda::Checked> checkedLast; ///< where the step ends in its last launch
  uint64_t callsAt = 0, ownersAt = 0, boundAt = 0, checkAt = 0, checkedAt = 0;
  size_t mostBound = 0;
  std::vector<snn::cuda::Buckets> buckets; ///< by Owners

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
  bool keysFit(const Launch &launch) const;
  void wantBuckets();
  void uploadTogether();
  Grid gridOf(const Launch &launch);
  uint32_t spikesOf(uint32_t population) const { return static_cast<uint32_t>(net.buffers.size()) + population; }
};

} // namespace snn::rt::cuda
