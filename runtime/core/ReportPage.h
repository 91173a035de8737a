// The HTML report of a session's figures: an adapter over runtime/report.
#pragma once

#include "runtime/core/Figures.h"

#include <string>

namespace snn::rt {

/// "out.h5" → "out.html".
std::string reportPath(const std::string &output);
/// What a report shows of a sweep.
struct SweepReport {
  struct Cell {
    std::string name; ///< "hidden = 5, seed = 2"
    std::vector<Figure> figures;
  };
  std::vector<Figure> together;               ///< of `after sweep`
  std::vector<Cell> cells;                    ///< the first ones
  std::vector<std::string> head;              ///< of a table of all cells: what is swept, and what is recorded
  std::vector<std::vector<std::string>> rows;
};
/// Writes the page with all figures whose plot statement was executed.
Status writeReport(const std::string &path, const std::string &title, const Figures &figures);
Status writeReport(const std::string &path, const std::string &title, const SweepReport &sweep);

} // namespace snn::rt
