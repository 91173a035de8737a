// The model IR as text, close to the language, with what the stages have decided as comments. Values stand in canonical
// units; the type of a variable is the unit that it was declared in. There is no parser of it.
//   network Net {
//     param n : int = 10
//     population cells = LIF[n] {
//       param tau : s = 20 ms  # uniform
//       state V : mV = -65 mV  # per cell
//       V' = (E_L - V) / tau  # auto
//       spike when V > V_th { … }
//     }
//     projection "cells->cells#0" = cells -> cells.V random(0.1) by Pulse { … }
//   }
//   experiment e on Net { … }
// After the solver pass the equations have given way to `integrate { … }`.
#pragma once

#include "compiler/model/ir/Experiment.h"

#include <string>

namespace snn::model {

std::string print(const Network &network);
std::string print(const Experiment &experiment, const std::string &network);
/// The network and then the experiment.
std::string print(const Program &program);

} // namespace snn::model
