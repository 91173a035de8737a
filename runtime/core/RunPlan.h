// What a run will take, said before anything of it is taken (`snnc plan`).
#pragma once

#include "runtime/abi/HostProgram.h"
#include "runtime/core/MemoryPlan.h"
#include "runtime/core/Simulation.h"

#include <optional>

namespace snn::rt {

/// What a `record` writes. What is not here is known when the statement is executed.
struct PlannedRecording {
  std::string place, name;
  abi::HostRecordKind kind = abi::HostRecordKind::Value;
  std::optional<double> values;  ///< in a sample; of spikes: cells that are recorded
  std::optional<double> everyMs; ///< between samples
  double valueBytes = 0;         ///< of a value; of a spike
  bool conditional = false;      ///< `when` may leave samples out
};

struct RunPlan {
  MemoryPlan memory;             ///< populations, then projections, then what else is known
  std::vector<PlannedRecording> recordings;
  std::string cell;              ///< of a sweep: "hidden = 5, seed = 2"
  Settings settings;
  double drawnDelays = 0;        ///< bytes that drawn delays can take beside `memory`: a piece of a row for each edge
  double available = 0;          ///< bytes of memory
};

/// Fills the plan of a network that is not built: sizes and patterns are evaluated, nothing is allocated or drawn. An error
/// if the network cannot be built; then the plan holds what was known before. Needs no kernels.
Status planNetwork(const abi::NetworkTables &tables, std::span<const abi::HostRecord> records, const Settings &settings,
                   SetupValues &values, std::vector<double> scalars, RunPlan &plan);

/// The plan as tables for people.
std::string planText(const RunPlan &plan);

} // namespace snn::rt
