// Lists of names on a command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snn::support {

/// Appends the names of "a,b" to `out`. A name that is not among `known` gives a message that has the nearest one: "there
/// is no pass `dead-cod`; did you mean `dead-code`?" for the `kind` "pass".
std::optional<std::string> readNames(std::string_view kind, std::string_view text, const std::vector<std::string> &known,
                                     std::vector<std::string> &out);

/// The arguments of a program, first to last; `--flag=` becomes `--flag` and an empty value, which CLI11 would otherwise take
/// from what follows.
std::vector<std::string> arguments(int argc, char **argv);

} // namespace snn::support
