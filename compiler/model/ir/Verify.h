// The promises of the model IR. A model that breaks one is a bug of the compiler, never of the user's program.
#pragma once

#include "compiler/model/ir/Experiment.h"

#include <string>
#include <vector>

namespace snn::model {

/// Which promises hold by now.
enum class Stage : uint8_t { Elaborated, Solved, Placed };

/// One line for each broken promise; empty: all hold. Checked are:
/// - always: ids count from 0; names, statements and equations of an owner refer to its own variables, to the network's, or
///   to a side of the projection; locals are defined above their use; operators have operands of matching dimensions, and
///   what is assigned fits the variable; conditions are truth values and durations times; draws have sites of their owner;
///   ports, weights, groups and their parts exist;
/// - Elaborated: nothing is integrated yet;
/// - Solved: there is no `x' =`, and `integrate` gives each state that had one its new value exactly once, unless events do;
/// - Placed: every variable of an edge has a place.
std::vector<std::string> verify(const Network &network, uint32_t experimentDraws, Stage stage);
/// The network and the experiment's statements.
std::vector<std::string> verify(const Program &program, Stage stage);

} // namespace snn::model
