// The fixed parts of the page, which the build puts into the library as they are.
#pragma once

#include <string_view>

namespace snn::rt::report {

/// D3, and the notice that its licence asks for wherever it is copied.
std::string_view d3();
std::string_view d3Licence();
std::string_view style();
/// Our scripts in the order in which they must run.
std::string_view drawingScript();
std::string_view pointsScript();
std::string_view weightsScript();
std::string_view fieldsScript();
std::string_view pageScript();

} // namespace snn::rt::report
