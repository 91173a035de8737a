// What a simulation records, kept until it can be handed on: in memory while it is little, then in a file without a name,
// which is gone with the process.
#pragma once

#include "runtime/core/Taps.h"

#include <limits>
#include <map>
#include <set>

namespace snn::rt {

class Spool final : public Sink {
public:
  /// The file lies in `folder`. Values of the records in `kept` also stay in memory.
  Spool(std::string folder, std::set<uint32_t> kept) : folder(std::move(folder)), keptKeys(std::move(kept)) {}
  ~Spool() override;
  Spool(const Spool &) = delete;
  Spool &operator=(const Spool &) = delete;

  Status open(uint32_t key, const Recorded &what) override;
  Status spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) override;
  Status sample(uint32_t key, double timeMs, std::span<const double> values) override;
  bool immediate() const override { return false; }

  /// Hands on everything, in the order in which it came.
  Status replay(Sink &to) const;
  /// Samples that came of a record.
  int64_t samples(uint32_t key) const;
  /// The latest sample of a record that gives single numbers, canonical; NaN: there is none.
  double latest(uint32_t key) const;
  /// All samples of a record in `kept`, along a first axis, in canonical units.
  host::Value kept(uint32_t key) const;

private:
  enum class Event : uint32_t { Open, Spikes, Sample };
  struct Head {
    Event event;
    uint32_t key;
    double timeMs;
    uint64_t count; ///< of what follows; Open: index into `opened`
  };
  struct Stream {
    host::Shape shape; ///< of a sample
    host::Kind kind = host::Kind::Real;
    int64_t samples = 0;
    double latest = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> values; ///< if kept
  };

  std::string folder;
  std::set<uint32_t> keptKeys;
  std::vector<Recorded> opened;
  std::map<uint32_t, Stream> streams;
  std::vector<char> tail;   ///< what the file does not have yet
  uint64_t onFile = 0;      ///< bytes
  int file = -1;
  mutable std::vector<char> block; ///< of the file, as it was read last
  mutable uint64_t blockAt = 0;

  Status write(const Head &head, const void *data, size_t bytes);
  Status spill();
  bool read(uint64_t at, void *to, size_t bytes) const;
};

} // namespace snn::rt
