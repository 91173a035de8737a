// Names of the fields and spellings of the enumerations of runtime/abi/Image.h, for the printer and the parser alone.
#pragma once

#include "runtime/abi/Image.h"

#include <span>
#include <string_view>

namespace snn::kernel::text {

using Words = std::span<const std::string_view>;

#define WORDS(TYPE, ...)                                                                           \
  inline Words words(TYPE) {                                                                       \
    static constexpr std::string_view list[] = {__VA_ARGS__};                                      \
    return list;                                                                                   \
  }
WORDS(abi::Elem, "real", "f64", "i32", "i64", "u8")
WORDS(abi::Extent, "one", "cells", "sources", "targets", "edges", "groups", "array", "ring", "lent", "moments", "logged")
WORDS(abi::Holds, "values", "event_step", "spike_step", "steps_left", "begun")
WORDS(abi::VariableKind, "param", "state", "input", "data", "let", "weight", "signal")
WORDS(abi::ValueType, "real", "int", "bool")
WORDS(abi::Pattern, "all_to_all", "one_to_one", "random", "fixed_in", "fixed_out", "fixed_total", "pairs")
WORDS(abi::DelayKind, "uniform", "drawn")
WORDS(abi::Rows, "dense", "sparse", "either")
WORDS(abi::CommandKind, "cells", "once", "edges", "arrivals", "departures", "replay", "collect", "reduce",
      "reduce_edges", "fill", "record", "log")
WORDS(abi::PostWay, "any", "at_once", "deferred")
WORDS(abi::ReduceKind, "sum", "mean", "max", "min", "count", "rank")
WORDS(abi::Rule, "uniform", "normal", "exponential", "gamma", "lognormal", "poisson", "bernoulli", "bounds", "time_constant")
#undef WORDS

/// In the order of `fields` in Image.h. A record whose first field is `name` is printed with its name in front.
#define NAMES(TYPE, ...)                                                                           \
  inline Words names(const TYPE &) {                                                               \
    static constexpr std::string_view list[] = {__VA_ARGS__};                                      \
    return list;                                                                                   \
  }
NAMES(abi::Buffer, "name", "elem", "extent", "object", "checkpoint", "finite", "holds")
NAMES(abi::Scalar, "name")
NAMES(abi::Variable, "name", "unit", "scale", "kind", "type", "buffer", "scalar", "eval", "eval_first", "extent", "last",
      "eval_buffer", "reason")
NAMES(abi::Table, "buffer", "function", "name", "place")
NAMES(abi::ArrayTable, "buffer", "function", "extents", "name", "place")
NAMES(abi::CellGroups, "axes", "order")
NAMES(abi::Population, "name", "model", "doc", "place", "encoder", "spikes", "variables", "shape", "flags", "data_step",
      "needs_data", "spike_chance", "spike_times", "spike_cells", "spike_step", "extents", "groups", "holds", "demands", "tables", "init", "reset", "on_data", "refresh")
NAMES(abi::HoldLength, "program", "place")
NAMES(abi::Demand::Operand, "program", "number", "name", "unit", "scale")
NAMES(abi::Demand, "rule", "written", "operands")
NAMES(abi::SliceAxis, "index", "start", "stop", "step")
NAMES(abi::CellRange, "population", "slice")
NAMES(abi::Group, "name", "place", "sources", "targets", "pattern", "amount", "multapses", "asks_cells", "projections", "stream")
NAMES(abi::LoggedValue, "from", "to")
NAMES(abi::Replay, "kernel", "moments", "logged")
NAMES(abi::Projection, "name", "synapse", "rule", "group", "source_part", "target_part", "source", "target",
      "where", "amount", "rows", "delay", "delay_program", "delay_kernel", "delay_buffer", "delay_steps", "ring_cells", "repeats", "listed", "demands", "init", "variables", "weight",
      "plastic", "incoming", "columns_at_once", "procedural", "learning", "replay")
NAMES(abi::Command, "kind", "kernel", "object", "reduce", "over", "from", "to", "groups", "every", "signal", "way")
NAMES(abi::Propagator, "size", "fraction", "a", "p", "q")
#undef NAMES

} // namespace snn::kernel::text
