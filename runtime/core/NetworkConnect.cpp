// Edges of a network: evaluates what a connect statement asks for, draws the connectivity, sorts it by delay, and makes
// the views that kernels read.
#include "runtime/core/MemoryPlan.h"
#include "runtime/core/NetworkImpl.h"
#include "runtime/host/Value.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace snn::rt {

namespace {

/// The cells that one axis of a slice selects, as NumPy would. `whose`: the slice, for messages. `clipped`: gets one if it
/// goes outside.
Result<std::vector<int64_t>> axisCells(const abi::SliceAxis &axis, int64_t extent, SetupValues &values, const std::string &whose,
                                       std::vector<std::string> *clipped) {
  const auto number = [&](uint32_t function, int64_t otherwise) -> Result<int64_t> {
    if (function == abi::none)
      return otherwise;
    Result<double> v = values.number(function);
    if (!v.ok())
      return v.error();
    return static_cast<int64_t>(std::llround(v.value()));
  };
  if (axis.index != abi::none) {
    const Result<double> at = values.number(axis.index);
    if (!at.ok())
      return at.error();
    const double k = at.value() < 0 ? at.value() + static_cast<double>(extent) : at.value();
    if (at.value() != std::round(at.value()))
      return Error{ExitCode::model, fmt::format("{}: an index must be an integer, but it is {:g}", whose, at.value())};
    if (k < 0 || k >= static_cast<double>(extent))
      return Error{ExitCode::model, fmt::format("{}: index {:.0f} is outside 0 to {}", whose, at.value(), extent - 1)};
    return std::vector<int64_t>{static_cast<int64_t>(k)};
  }
  Result<int64_t> step = number(axis.step, 1);
  if (!step.ok())
    return step.error();
  if (step.value() == 0)
    return Error{ExitCode::model, whose + ": a slice needs a step other than 0"};
  const bool forward = step.value() > 0;
  Result<int64_t> start = number(axis.start, forward ? 0 : extent - 1), stop = number(axis.stop, forward ? extent : -extent - 1);
  if (!start.ok() || !stop.ok())
    return start.ok() ? stop.error() : start.error();
  const auto outside = [&](uint32_t function, int64_t given) { return function != abi::none && (given > extent || given < -extent); };
  if (const bool stopIs = outside(axis.stop, stop.value()); clipped && (stopIs || outside(axis.start, start.value())))
    clipped->push_back(fmt::format("{} has {} cells, but its slice {} {}: what is outside is left out", whose, extent, stopIs ? "goes to" : "begins at",
                                   stopIs ? stop.value() : start.value()));
  const auto bound = [&](int64_t k) {
    k = k < 0 ? k + extent : k;
    return forward ? std::clamp<int64_t>(k, 0, extent) : std::clamp<int64_t>(k, -1, extent - 1);
  };
  std::vector<int64_t> cells;
  const int64_t begin = bound(start.value()), end = bound(stop.value());
  // Twice the list: it grows, and a product of axes copies it.
  const double bytes = 16 * std::abs(static_cast<double>(end - begin) / static_cast<double>(step.value()));
  if (bytes > static_cast<double>(availableMemory()))
    return Error{ExitCode::resources, fmt::format("{}: the list of the cells of its slice needs {} of memory", whose, bytesText(bytes))};
  for (int64_t k = begin; forward ? k < end : k > end; k += step.value())
    cells.push_back(k);
  return cells;
}

} // namespace

Result<connect::Operand> Network::Impl::operand(const abi::CellRange &range, const std::string &connection, std::vector<std::string> *clipped) {
  const PopulationState &population = populations[range.population];
  connect::Operand operand;
  operand.populationCells = population.count;
  if (range.slice.empty())
    return operand;
  operand.all = false;
  operand.cells = {0};
  if (range.slice.size() > population.shape.size())
    return Error{ExitCode::model, fmt::format("{}: {} has {} axes, its slice {}", connection, tables.populations[range.population].name,
                                              population.shape.size(), range.slice.size())};
  for (size_t axis = 0; axis < population.shape.size(); ++axis) { // axes that are not named are taken whole
    const int64_t extent = population.shape[axis];
    const abi::SliceAxis &slice = axis < range.slice.size() ? range.slice[axis] : abi::SliceAxis{};
    Result<std::vector<int64_t>> picked =
        axisCells(slice, extent, values, connection + ": " + tables.populations[range.population].name, clipped);
    if (!picked.ok())
      return picked.error();
    std::vector<int64_t> product;
    for (int64_t outer : operand.cells)
      for (int64_t inner : picked.value())
        product.push_back(outer * extent + inner);
    operand.cells = std::move(product);
  }
  return operand;
}

namespace {

/// "model.snn:12:3: exc->cells#0", for messages.
std::string placed(const abi::Group &group, const std::string &name) {
  return group.place.empty() ? name : group.place + ": " + name;
}

} // namespace

/// An array whose first two columns are whole numbers.
Status Network::Impl::readPairs(const abi::Group &group, connect::Request &request) {
  std::vector<int64_t> shape;
  Result<std::vector<double>> list = values.array(group.amount, shape);
  if (!list.ok())
    return list.error();
  if (shape == std::vector<int64_t>{2}) // a file with one line
    shape = {1, 2};
  if (shape.size() != 2 || shape[1] < 2)
    return Error{ExitCode::model, fmt::format("{}: `pairs` needs an array whose first two columns are source and target, but its shape is {}{}", request.name,
                                              host::shapeText(shape), shape.size() == 1 ? "; a file with one line has one axis: `[load(…)]` has two" : "")};
  if (shape[0] > INT32_MAX)
    return Error{ExitCode::resources, fmt::format("{}: a list of more than 2^31 pairs", request.name)};
  const auto columns = static_cast<size_t>(shape[1]);
  for (size_t k = 0; k < static_cast<size_t>(shape[0]); ++k) {
    const double source = list.value()[k * columns], target = list.value()[k * columns + 1];
    for (double cell : {source, target})
      if (cell != std::floor(cell) || std::fabs(cell) > 0x1p53)
        return Error{ExitCode::model, fmt::format("{}: pair {} of the list has {:g}, which is not the number of a cell", request.name, k, cell)};
    request.pairs.emplace_back(static_cast<int64_t>(source), static_cast<int64_t>(target));
  }
  request.listed = std::ranges::any_of(group.projections, [&](uint32_t id) { return tables.projections[id].listed != abi::none; });
  return {};
}

/// What a connect statement asks for, evaluated once.
Result<connect::Request> Network::Impl::requestOf(const abi::Group &group) {
  connect::Request request;
  request.name = placed(group, group.name);
  request.pattern = group.pattern;
  request.multapses = group.multapses;
  request.seed = settings.seed;
  request.stream = group.stream;
  for (const auto *side : {&group.sources, &group.targets})
    for (const abi::CellRange &range : *side) {
      Result<connect::Operand> cells = operand(range, request.name, &warnings);
      if (!cells.ok())
        return cells.error();
      (side == &group.sources ? request.sources : request.targets).push_back(cells.value());
    }
  if (group.pattern == abi::Pattern::Pairs) {
    if (Status s = readPairs(group, request); !s.ok())
      return s.error();
  } else if (group.amount != abi::none) {
    Result<double> amount = values.number(group.amount);
    if (!amount.ok())
      return amount.error();
    request.amount = amount.value();
  }
  return request;
}

/// What the kernels of a connection say of pairs of cells. Callable for as long as the network lives.
void Network::Impl::askPairs(const abi::Group &group, connect::Request &request) {
  const auto pairs = [this](uint32_t kernel, int64_t pre, int64_t begin, int64_t end, void *result) {
    const uint32_t projection = tables.kernels[kernel].object;
    snn_kernel_args args = makerArguments(projection, kernel);
    args.pair_source = pre;
    args.begin = begin;
    args.end = end;
    args.pair_output = result;
    args.target_end = populations[tables.projections[projection].target].count;
    return call(kernel, args);
  };
  const auto of = [this, &group](uint32_t s, uint32_t t) -> const abi::Projection & {
    return tables.projections[group.projections[s * group.targets.size() + t]];
  };
  const abi::Projection &any = of(0, 0);
  if (any.whereKernel != abi::none)
    request.where = [=](uint32_t s, uint32_t t, int64_t pre, int64_t begin, int64_t end, uint8_t *keep) {
      return pairs(of(s, t).whereKernel, pre, begin, end, keep);
    };
  if (any.amountKernel != abi::none)
    request.probability = [=, this](uint32_t s, uint32_t t, int64_t pre, int64_t begin, int64_t end, double *p) {
      const uint32_t kernel = of(s, t).amountKernel;
      if (settings.precision == Precision::Double)
        return pairs(kernel, pre, begin, end, p);
      std::vector<float> narrow(static_cast<size_t>(end - begin));
      Status done = pairs(kernel, pre, begin, end, narrow.data());
      std::copy(narrow.begin(), narrow.end(), p);
      return done;
    };
}

/// Nothing else says that what a `where` was to choose is not there. Who writes an empty list, 0, no cells, one cell or a condition that
/// does not ask for the cells, as in a loop over areas, knows it.
static std::string noEdges(const abi::Group &group, const connect::Request &request, const std::vector<connect::EdgeTable> &built) {
  const auto cells = [](const std::vector<connect::Operand> &list) {
    return std::accumulate(list.begin(), list.end(), int64_t{0}, [](int64_t sum, const connect::Operand &o) { return sum + o.count(); });
  };
  const bool drawn = request.pattern == abi::Pattern::Random && (request.probability || request.amount > 0);
  const bool expected = request.where ? group.asksCells : drawn;
  if (!expected || cells(request.sources) * cells(request.targets) < 2 ||
      std::ranges::any_of(built, [](const connect::EdgeTable &table) { return table.edges() > 0; }))
    return {};
  return fmt::format("{}: no edge is made: {}", request.name,
                     !request.where ? "no pair of cells is drawn" : drawn ? "no pair of cells that its `where` lets through is drawn" : "its `where` holds for no pair of cells");
}

Status Network::Impl::buildGroup(const abi::Group &group, connect::Request request) {
  askPairs(group, request);
  if (tables.projections[group.projections.front()].procedural)
    return buildProcedural(group, std::move(request));
  Result<std::vector<connect::EdgeTable>> built = connect::build(request, pool);
  if (!built.ok())
    return built.error();
  if (std::string warning = noEdges(group, request, built.value()); !warning.empty())
    warnings.push_back(std::move(warning));
  for (size_t k = 0; k < group.projections.size(); ++k) {
    projections[group.projections[k]].table = std::move(built.value()[k]);
    if (Status s = buildDelays(group.projections[k]); !s.ok())
      return s;
  }
  return {};
}

snn_edges viewOf(const connect::EdgeTable &table) {
  snn_edges view{};
  view.sources = table.sources;
  view.targets = table.targets;
  view.edges = table.edges();
  view.row_begin = table.rowBegin.data();
  view.target = table.dense ? nullptr : table.target.longData();
  view.target16 = table.dense ? nullptr : table.target.shortData();
  view.dense_first = table.denseFirst;
  return view;
}

void Network::Impl::makeView(uint32_t id) {
  ProjectionState &p = projections[id];
  p.view = viewOf(p.table);
  p.rows.clear();
  if (p.incoming.columnBegin.empty())
    return;
  p.view.column_begin = p.incoming.columnBegin.data();
  p.view.column_edge = p.incoming.edge.data();
  p.view.column_source = p.incoming.source.data();
}

} // namespace snn::rt
