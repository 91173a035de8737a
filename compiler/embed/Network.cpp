// Lists populations, projections and variables; finds paths.
#include "compiler/embed/Network.h"

#include <fmt/format.h>

using snn::embed::fill;

namespace snn::embed {

namespace {

bool uniform(const abi::Variable &v) { return v.buffer == abi::none && v.scalar != abi::none; }

snn_kind kindOf(abi::VariableKind kind) {
  switch (kind) {
  case abi::VariableKind::Param:
    return SNN_PARAM;
  case abi::VariableKind::State:
    return SNN_STATE;
  case abi::VariableKind::Input:
    return SNN_INPUT;
  case abi::VariableKind::Data:
    return SNN_DATA;
  case abi::VariableKind::Let:
    return SNN_LET;
  case abi::VariableKind::Weight:
    return SNN_WEIGHT;
  case abi::VariableKind::Signal:
    return SNN_SIGNAL;
  }
  return SNN_STATE;
}

int fillVariable(snn_variable *out, const abi::Variable &v, const std::string &path) {
  return fill(out, {0, v.name.c_str(), path.c_str(), v.unit.c_str(), v.unitScale, kindOf(v.kind),
                    uniform(v)});
}

template <class Groups> std::vector<std::vector<std::string>> pathsOf(const Groups &groups) {
  std::vector<std::vector<std::string>> paths;
  for (const auto &group : groups) {
    paths.emplace_back();
    for (const abi::Variable &v : group.variables)
      paths.back().push_back(group.name + "." + v.name);
  }
  return paths;
}

std::vector<std::string> allPaths(const abi::NetworkTables &tables) {
  std::vector<std::string> all;
  for (const auto &paths : {pathsOf(tables.populations), pathsOf(tables.projections)})
    for (const std::vector<std::string> &group : paths)
      all.insert(all.end(), group.begin(), group.end());
  for (const abi::Population &p : tables.populations)
    all.push_back(p.name + ".count");
  for (const abi::Variable &v : tables.variables)
    all.push_back(v.name);
  return all;
}

template <class Groups>
bool findIn(const Groups &groups, Target::Kind kind, std::string_view owner, std::string_view name,
            Target &found) {
  for (uint32_t g = 0; g < groups.size(); ++g)
    for (uint32_t k = 0; groups[g].name == owner && k < groups[g].variables.size(); ++k)
      if (groups[g].variables[k].name == name) {
        found = {kind, g, k, &groups[g].variables[k]};
        return true;
      }
  return false;
}

/// What every population and projection has besides its variables.
bool findBuiltIn(const abi::NetworkTables &tables, std::string_view owner, std::string_view name,
                 Target &found) {
  for (uint32_t g = 0; g < tables.populations.size(); ++g)
    if (tables.populations[g].name == owner && name == "count") {
      found = {Target::Kind::SpikeCount, g, 0, nullptr};
      return true;
    }
  for (uint32_t g = 0; g < tables.projections.size(); ++g)
    if (tables.projections[g].name == owner && (name == "pre" || name == "post")) {
      found = {name == "pre" ? Target::Kind::Pre : Target::Kind::Post, g, 0, nullptr};
      return true;
    }
  return false;
}

} // namespace

rt::Error unknown(std::string_view what, std::string_view given,
                  const std::vector<std::string> &known) {
  const std::string near = diag::didYouMean(std::string(given), known);
  return usage(fmt::format("there is no {} '{}'{}", what, given,
                           near.empty() ? "" : "; did you mean " + near + "?"));
}

rt::Result<Target> find(const abi::NetworkTables &tables, std::string_view path) {
  Target found;
  const size_t dot = path.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string_view owner = path.substr(0, dot), name = path.substr(dot + 1);
    if (findIn(tables.populations, Target::Kind::Cells, owner, name, found) ||
        findIn(tables.projections, Target::Kind::Edges, owner, name, found) ||
        findBuiltIn(tables, owner, name, found))
      return found;
  }
  for (uint32_t k = 0; k < tables.variables.size(); ++k)
    if (tables.variables[k].name == path)
      return Target{Target::Kind::Network, 0, k, &tables.variables[k]};
  return unknown("variable", path, allPaths(tables));
}

rt::Result<uint32_t> findPopulation(const abi::NetworkTables &tables, std::string_view name) {
  std::vector<std::string> names;
  for (uint32_t k = 0; k < tables.populations.size(); ++k) {
    if (tables.populations[k].name == name)
      return k;
    names.push_back(tables.populations[k].name);
  }
  return unknown("population", name, names);
}

snn_type typeOf(abi::ValueType type) {
  switch (type) {
  case abi::ValueType::Real:
    return SNN_FLOAT64;
  case abi::ValueType::Int:
    return SNN_INT64;
  case abi::ValueType::Bool:
    return SNN_UINT8;
  }
  return SNN_FLOAT64;
}

} // namespace snn::embed

snn_network::snn_network(std::shared_ptr<const snn::abi::Image> i, size_t program,
                         snn::rt::Network *network)
    : image(std::move(i)), tables(image->programs[program].network), built(network),
      populationPaths(snn::embed::pathsOf(tables.populations)),
      projectionPaths(snn::embed::pathsOf(tables.projections)) {}

size_t snn_network_populations(const snn_network *network) {
  return network->tables.populations.size();
}
size_t snn_network_projections(const snn_network *network) {
  return network->tables.projections.size();
}
size_t snn_network_variables(const snn_network *network) {
  return network->tables.variables.size();
}

int snn_network_population(const snn_network *network, size_t population, snn_group *group) {
  if (population >= network->tables.populations.size())
    return 0;
  const snn::abi::Population &p = network->tables.populations[population];
  const int64_t cells =
      network->built ? network->built->cellCount(static_cast<uint32_t>(population)) : -1;
  return fill(group, {0, p.name.c_str(), p.model.c_str(), "", cells, -1, -1, p.variables.size()});
}

int snn_network_projection(const snn_network *network, size_t projection, snn_group *group) {
  if (projection >= network->tables.projections.size())
    return 0;
  const snn::abi::Projection &p = network->tables.projections[projection];
  const int64_t edges =
      network->built ? network->built->edgeCount(static_cast<uint32_t>(projection)) : -1;
  return fill(group, {0, p.name.c_str(), p.synapse.c_str(), p.rule.c_str(), edges, p.source,
                      p.target, p.variables.size()});
}

int snn_network_population_variable(const snn_network *network, size_t population, size_t index,
                                    snn_variable *variable) {
  if (population >= network->populationPaths.size() ||
      index >= network->populationPaths[population].size())
    return 0;
  return snn::embed::fillVariable(variable,
                                  network->tables.populations[population].variables[index],
                                  network->populationPaths[population][index]);
}

int snn_network_projection_variable(const snn_network *network, size_t projection, size_t index,
                                    snn_variable *variable) {
  if (projection >= network->projectionPaths.size() ||
      index >= network->projectionPaths[projection].size())
    return 0;
  return snn::embed::fillVariable(variable,
                                  network->tables.projections[projection].variables[index],
                                  network->projectionPaths[projection][index]);
}

int snn_network_variable(const snn_network *network, size_t index, snn_variable *variable) {
  if (index >= network->tables.variables.size())
    return 0;
  const snn::abi::Variable &v = network->tables.variables[index];
  return snn::embed::fillVariable(variable, v, v.name);
}
