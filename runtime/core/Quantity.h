// Numbers with units as users write them on the command line: "15 ms", "15ms", "2 mV/ms", in canonical units.
#pragma once

#include "runtime/core/Status.h"

#include <string>
#include <string_view>
#include <vector>

namespace snn::rt {

/// The value in canonical units of `text`, which must have the dimension of the declared unit ("1" for a bare number).
/// `declaredScale` is the canonical value of one declared unit; a unit that the model defines itself is known by name
/// only. `what` names the flag or path in messages. Errors: ExitCode::usage, naming the units that would fit.
Result<double> parseQuantity(std::string_view text, std::string_view declared, double declaredScale,
                             std::string_view what);

/// A plain number: digits may be grouped by '_'; false if `text` is no number.
bool parseNumber(std::string_view text, double &value);

/// The nearest of `known` to `given` if it is near enough to have been meant, otherwise nothing.
std::string nearest(std::string_view given, const std::vector<std::string> &known);

} // namespace snn::rt
