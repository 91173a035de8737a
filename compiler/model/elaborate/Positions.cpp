// Positions of cells: `at grid(50 um)`, `at uniform(0 mm, 1 mm)`, `at points(xs, ys)`. They are three params of each cell, x, y and z (position_x …
// where the model has an x of its own), that can be read as any other in the population's own arguments and in connections.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using expr::ExprPtr;

namespace {
constexpr std::string_view coordinates[] = {"x", "y", "z"};
const expr::Type length{expr::Base::Real, units::Dimension::of(units::BaseUnit::Metre)};

/// Whether the model has a variable of this name: the position then has a longer one.
bool declares(const Instance &inst, std::string_view name) {
  return std::ranges::any_of(inst.members, [&](const FlatMember &m) {
    return std::ranges::any_of(m.member->variables, [&](const ast::Variable &v) { return v.name.text == name; });
  });
}
} // namespace

/// What `at` is given, as lengths; null after an error.
std::optional<std::vector<ExprPtr>> Elaborator::lengths(const ast::NetMember &m, const Place &place) {
  std::vector<ExprPtr> out;
  for (const ast::Arg &a : m.atArgs) {
    if (!a.name.text.empty()) {
      diagnostics.report(Id::wrongArguments, a.name.range, "`{}` takes lengths without names", m.at.text());
      return std::nullopt;
    }
    ExprPtr value = lowering.lower(a.value, place);
    if (value && place.arrays)
      value = perCell(lowering.elements(value), *place.cells, std::string(coordinates[std::min(out.size(), std::size(coordinates) - 1)]));
    out.push_back(value && lowering.fits(value->type, length, a.value->range, "a position") ? lowering.literalAs(value, length) : nullptr);
    if (!out.back())
      return std::nullopt;
  }
  return out;
}

/// grid(d) and grid(dx, dy, dz): the index along each axis of the shape times the spacing.
std::vector<ExprPtr> Elaborator::gridPositions(model::Population &p, const ast::NetMember &m, const std::vector<ExprPtr> &spacing) {
  const size_t axes = p.shape.size();
  if (axes > std::size(coordinates)) {
    diagnostics.report(Id::wrongArguments, m.at.range, "a grid of {} axes: x, y and z are three", axes);
    return {};
  }
  if (spacing.size() != 1 && spacing.size() != axes) {
    diagnostics.report(Id::wrongArguments, m.at.range, "a grid of {} {} takes one spacing, or one for each axis", axes,
                       axes == 1 ? "axis" : "axes")
        .mend("write `at grid(50 um)`");
    return {};
  }
  std::vector<ExprPtr> out;
  for (size_t k = 0; k < axes; ++k) {
    const ExprPtr index = lowering.arena.make<expr::Special>(expr::Type{expr::Base::Int, {}}, m.at.range, expr::SpecialValue::Index,
                                                             expr::Side::Self, nullptr, static_cast<int>(k));
    out.push_back(lowering.call(expr::Op::Mul, {index, spacing[spacing.size() == 1 ? 0 : k]}, m.at.range));
  }
  return out;
}

/// uniform(a, b, c, d): x drawn between a and b, y between c and d; one pair is a line, two a plane, three a volume.
std::vector<ExprPtr> Elaborator::drawnPositions(model::Population &p, const ast::NetMember &m, const std::vector<ExprPtr> &bounds) {
  if (bounds.size() < 2 || bounds.size() % 2 != 0 || bounds.size() > 2 * std::size(coordinates)) {
    diagnostics.report(Id::wrongArguments, m.at.range, "`uniform` takes the lower and the upper end of x, then of y, then of z")
        .mend("write `at uniform(0 mm, 1 mm, 0 mm, 1 mm)` for cells on a square of 1 mm");
    return {};
  }
  std::vector<ExprPtr> out;
  for (size_t k = 0; k + 1 < bounds.size(); k += 2)
    out.push_back(lowering.arena.make<expr::Draw>(length, m.at.range, expr::Distribution::Uniform,
                                                  lowering.arena.copy(std::vector<ExprPtr>{bounds[k], bounds[k + 1]}), p.drawSites++));
  return out;
}

void Elaborator::positions(model::Population &p, const ast::NetMember &m, const Instance &inst, Scope &scope) {
  Place place{Place::Cell, &scope, &p};
  place.drawSites = &p.drawSites;
  place.arrays = m.at.text() == "points";
  const auto given = lengths(m, place);
  if (!given)
    return;
  std::vector<ExprPtr> values;
  if (m.at.text() == "grid")
    values = gridPositions(p, m, *given);
  else if (m.at.text() == "uniform")
    values = drawnPositions(p, m, *given);
  else if (m.at.text() == "points" && given->size() >= 1 && given->size() <= std::size(coordinates))
    values = *given;
  else if (m.at.text() == "points")
    diagnostics.report(Id::wrongArguments, m.at.range, "`points` takes the coordinates x, y and z of the cells, as far as there are any")
        .mend("write `at points(xs, ys)` with two arrays of lengths");
  else
    diagnostics.report(Id::wrongArguments, m.at.range, "cells are `at grid(…)`, `at uniform(…)` or `at points(…)`");
  if (values.empty())
    return;
  for (size_t k = 0; k < std::size(coordinates); ++k) {
    Var &var = p.vars.emplace_back();
    p.position.push_back(&var);
    var.id = static_cast<uint32_t>(p.vars.size() - 1);
    var.name = (declares(inst, coordinates[k]) ? "position_" : "") + std::string(coordinates[k]);
    var.kind = model::VarKind::Param;
    var.type = length;
    const units::Unit unit = *units::find("um");
    var.unit = unit.name;
    var.unitScale = unit.scale;
    var.range = m.at.range;
    var.doc = "Position of the cell.";
    var.init = k < values.size() ? values[k] : lowering.number(0, length.dimension, m.at.range);
    var.storage = k < values.size() ? model::Storage::PerCell : model::Storage::Uniform;
    Symbol s;
    s.kind = Symbol::Var;
    s.var = &var;
    s.declared = m.at.range;
    scope.add(var.name, s);
  }
}

} // namespace snn::elaborate
