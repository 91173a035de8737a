// How the enumerations of the model IR are written.
#pragma once

#include "compiler/model/ir/Network.h"

#include <string_view>

namespace snn::model {

std::string_view spelling(VarKind kind);
/// "per cell", "uniform", …
std::string_view spelling(Storage storage);
std::string_view spelling(AssignOp op);
std::string_view spelling(PatternKind kind);
std::string_view spelling(Method method);

} // namespace snn::model
