// Copies of the network's buffers and scalars on the device, and which of the two is newer.
#pragma once

#include "runtime/core/NetworkImpl.h"
#include "runtime/exec/cuda/Connections.h"

namespace snn::rt::cuda {

class Mirror {
public:
  Mirror(Network::Impl &n, Device &d, Connections &c) : net(n), device(d), connections(c), copies(n.buffers.size()) {}
  /// Marks what the commands of the step use, and says what memory it needs.
  Status want();
  /// Address on the device; 0 for a buffer that no step uses.
  uint64_t address(uint32_t buffer) const { return copies[buffer].address; }
  uint64_t scalar(uint32_t id) const { return scalars + uint64_t{id} * 8; }

  /// Copies what the host has changed.
  Status upload();
  void uploadScalars() { device.upload(scalars, net.scalars); }
  /// What a step stores is newer on the device from now on.
  void stepped();
  bool anyLent() const { return lentSome; }
  /// What is lent is copied back after every run.
  Status readLent();

  /// The host's copy becomes what it was at a moment, until `hide`.
  void show(uint32_t buffer, const void *then);
  void hide(uint32_t buffer) { copies[buffer].shown = false; }

  Status read(uint32_t buffer);
  Status write(uint32_t buffer);
  Status lend(uint32_t buffer);

private:
  struct Copy {
    uint64_t address = 0;
    size_t bytes = 0;
    int64_t count = 0; ///< of values, without what is behind the last
    void *host = nullptr;
    bool used = false, stored = false;         ///< by a step
    bool hostNewer = true, deviceNewer = false, lent = false;
    bool shown = false;                        ///< the host's is of a moment that is told of
    bool bundled = false;                      ///< of the edges of several projections (NetworkBundles.cpp), which no step changes
  };
  Network::Impl &net;
  Device &device;
  Connections &connections;
  std::vector<Copy> copies;
  std::vector<uint32_t> places; ///< by buffer: where its values are
  uint64_t scalars = 0;
  bool lentSome = false;

  void findUsed();
  void findPlaces();
  std::pair<std::string, std::string> ownerOf(const abi::Buffer &buffer) const;
  Status locate(uint32_t buffer);
};

} // namespace snn::rt::cuda
