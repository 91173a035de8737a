// Values of a connection between unions: those of its pairs of populations, put together.
//   connect a + b -> c … as proj;  proj.w      for all_to_all [pre, post], a's rows first; otherwise [edge], a's edges first
#include "compiler/codegen/host/FunctionBuilder.h"

#include <algorithm>

namespace snn::codegen::host {

using abi::HostOp;

/// Where each part begins along an axis, and where the last one ends.
std::vector<uint32_t> FunctionBuilder::beginnings(const std::vector<const model::Projection *> &parts, double axis, source::Range range) {
  const expr::Type whole{expr::Base::Int, {}};
  std::vector<uint32_t> begin{constant(whole, 0, range)};
  for (const model::Projection *p : parts) {
    const uint32_t shape = temp(), extent = temp(), end = temp();
    emit(HostOp::EdgesShape, range, shape, owner.numbering->projection(*p));
    emit(HostOp::Index, range, extent, shape).list = {static_cast<uint32_t>(abi::HostIndexKind::Value), constant(whole, axis, range), none, none};
    emit(HostOp::Apply, range, end, none, abi::HostConstant::Int, static_cast<uint32_t>(fnOf(expr::Op::Add))).list = {begin.back(), extent};
    begin.push_back(end);
  }
  return begin;
}

uint32_t FunctionBuilder::lowerPairs(const expr::EdgesValue &e, const std::vector<const model::Projection *> &pairs) {
  std::vector<const model::Projection *> rows, columns; // the pairs that say how large each part is
  std::ranges::copy_if(pairs, std::back_inserter(rows), [](const model::Projection *p) { return p->targetPart == 0; });
  std::ranges::copy_if(pairs, std::back_inserter(columns), [](const model::Projection *p) { return p->sourcePart == 0; });
  const bool dense = e.type.rank == 2;
  const std::vector<uint32_t> row = beginnings(rows, 0, e.range), column = dense ? beginnings(columns, 1, e.range) : std::vector<uint32_t>{};
  const uint32_t shape = temp(), all = temp(), zero = constant(expr::Type{e.type.base, {}}, 0, e.range);
  std::vector<uint32_t> extents{row.back()};
  if (dense)
    extents.push_back(column.back());
  emit(HostOp::Array, e.range, shape, none, none, abi::HostConstant::Int).list = extents;
  emit(HostOp::Full, e.range, all, zero, shape, kindOf(e.type));
  for (const model::Projection *p : pairs) {
    const auto var = std::ranges::find(p->vars, e.var->name, &model::Var::name);
    const uint32_t values = temp(), slice = static_cast<uint32_t>(abi::HostIndexKind::Slice);
    emit(HostOp::ReadEdges, e.range, values, owner.numbering->projection(*p), owner.numbering->variable(*var),
         static_cast<uint32_t>(abi::HostMember::Variable));
    std::vector<uint32_t> place{slice, row[p->sourcePart], row[p->sourcePart + 1], none};
    if (dense)
      place.insert(place.end(), {slice, column[p->targetPart], column[p->targetPart + 1], none});
    emit(HostOp::SetIndex, e.range, all, values).list = std::move(place);
  }
  return all;
}

} // namespace snn::codegen::host
