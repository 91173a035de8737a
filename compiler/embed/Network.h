// What a program or a session consists of, and the paths by which its values are named.
#pragma once

#include "compiler/embed/Error.h"
#include "runtime/abi/ProgramImage.h"
#include "runtime/core/Simulation.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct snn_network {
  std::shared_ptr<const snn::abi::Image> image;
  const snn::abi::NetworkTables &tables;
  snn::rt::Network *built; ///< null: of a program
  /// "cells.V" by population or projection and variable.
  std::vector<std::vector<std::string>> populationPaths, projectionPaths;

  snn_network(std::shared_ptr<const snn::abi::Image> image, size_t program,
              snn::rt::Network *built);
};

namespace snn::embed {

/// What a path names.
struct Target {
  enum class Kind : uint8_t { Cells, Edges, Network, SpikeCount, Pre, Post } kind = Kind::Cells;
  uint32_t object = 0, variable = 0;
  const abi::Variable *entry = nullptr; ///< of Cells, Edges, Network
};

/// ExitCode::usage, with the nearest known path, if there is no such thing.
rt::Result<Target> find(const abi::NetworkTables &tables, std::string_view path);
rt::Result<uint32_t> findPopulation(const abi::NetworkTables &tables, std::string_view name);
/// `what` 'given' does not exist, with the nearest of `known`.
rt::Error unknown(std::string_view what, std::string_view given,
                  const std::vector<std::string> &known);

snn_type typeOf(abi::ValueType type);

} // namespace snn::embed
