// The table of --time-report.
#include "compiler/driver/Timing.h"

#include <fmt/format.h>

namespace snn::driver {

std::string Timing::report() const {
  std::string text = "compile time, ms\n";
  for (const auto &[name, ms] : stages)
    text += fmt::format("{:>10.2f}  {}\n", ms, name);
  const auto now = std::chrono::steady_clock::now();
  text += fmt::format("{:>10.2f}  since the start of the driver\n",
                      std::chrono::duration<double, std::milli>(now - begin).count());
  return text;
}

} // namespace snn::driver
