// The network's connections on the device: rows, indices of incoming edges.
#pragma once

#include "runtime/abi/CudaProgram.h"
#include "runtime/core/NetworkImpl.h"
#include "runtime/device/cuda/Calls.h"
#include "runtime/exec/cuda/SpikeRings.h"

namespace snn::rt::cuda {

using snn::cuda::Arrivals;
using snn::cuda::Call;
using snn::cuda::Owners;

/// At most so many blocks list together what arrives over a connection (Order.h).
inline constexpr unsigned gatherBlocks = 8;

/// Addresses on the device of one connection's parts; 0 for what nobody needs.
struct Connection {
  bool needed = false, needsRows = false, needsOrder = false;
  bool arrives = false;                                   ///< something arrives over it
  bool pushes = false;                                    ///< and is put into buckets of its targets
  bool listed = false, listedWhenFull = false;            ///< the list of what arrives is needed in each step; if buckets are full
  uint64_t rowBegin = 0, target = 0, columnBegin = 0, columnEdge = 0, columnSource = 0;
  uint64_t first = 0, segments = 0, begins = 0;           ///< drawn delays
  bool byDelay = false;                                   ///< and what arrives is found by delay, not among segments
  uint64_t rows = 0, rowCount = 0;                        ///< all edges as segments
  uint64_t arriving = 0, arrivingCells = 0, tickets = 0;
  uint64_t order = 0;                                     ///< edges in the order of the language
  int64_t mostArriving = 0, longestRow = 0, repeats = 1;
  int64_t shortest = 0, longest = 0;                      ///< delays in steps
  int64_t firstTarget = 0, lastTarget = 0;                ///< edges lead to [firstTarget, lastTarget)
  int64_t firstSource = 0, lastSource = 0;                ///< and begin in [firstSource, lastSource)
  snn_edges edges{};                                      ///< with addresses on the device
};

/// The edges of a connection as they are stored: of procedural ones, all rows made at once.
struct Stored {
  const connect::EdgeTable *table = nullptr;
  const connect::DelaySegments *segments = nullptr;
  std::vector<void *> const *buffers = nullptr; ///< by number
};

class Connections {
public:
  Connections(Network::Impl &n, Device &d, SpikeRings &r, const abi::CudaProgram &p) : net(n), device(d), rings(r), program(p) {}
  /// Says what memory is needed, and whose spikes.
  Status want();
  void upload();

  std::vector<Connection> connections; ///< by projection
  Result<Stored> stored(uint32_t projection);
  /// How many segments arrive over a connection in the step: of all connections, one after the other.
  uint64_t arrivingCount(uint32_t projection) const { return countsAt + uint64_t{projection} * 8; }

private:
  Network::Impl &net;
  Device &device;
  SpikeRings &rings;
  const abi::CudaProgram &program;
  uint64_t countsAt = 0;

  void findNeeded();
  void findNeeded(const abi::Command &command);
  void findArrivals(const abi::Command &command);
  bool keysFit(uint32_t projection) const;
  bool mayRepeat(uint32_t projection) const;
  Status wantConnection(uint32_t projection);
  void findEnds(uint32_t projection, const Stored &stored);
  void findDelays(uint32_t projection, const Stored &stored);
  std::vector<uint32_t> beginsByDelay(const Connection &connection, const Stored &stored) const;
  void uploadConnection(uint32_t projection);
  snn_edges viewOf(const Connection &c, const Stored &s) const;
};

} // namespace snn::rt::cuda
