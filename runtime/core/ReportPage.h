// The HTML report of a session's figures: an adapter over runtime/report.
#pragma once

#include "runtime/core/Figures.h"

#include <string>

namespace snn::rt {

/// "out.h5" → "out.html".
std::string reportPath(const std::string &output);
/// Writes the page with all figures whose plot statement was executed.
Status writeReport(const std::string &path, const std::string &title, const Figures &figures);

} // namespace snn::rt
