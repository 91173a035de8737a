// Quantities of the command line: units in canonical values, and messages that name what would fit.
#include "runtime/core/Quantity.h"

#include <gtest/gtest.h>

namespace snn::rt {
namespace {

double value(std::string_view text, std::string_view declared) {
  const Result<double> r = parseQuantity(text, declared, 1, "--x");
  EXPECT_TRUE(r.ok()) << (r.ok() ? "" : r.error().message);
  return r.ok() ? r.value() : -1;
}
std::string message(std::string_view text, std::string_view declared) {
  const Result<double> r = parseQuantity(text, declared, 1, "--x");
  EXPECT_FALSE(r.ok());
  return r.ok() ? "" : r.error().message;
}

TEST(Quantity, ConvertsToCanonicalUnits) {
  EXPECT_EQ(value("15ms", "ms"), 15);
  EXPECT_EQ(value("15 ms", "s"), 15);
  EXPECT_EQ(value("0.3 us", "ms"), 0.0003);
  EXPECT_EQ(value("2min", "s"), 120000);
  EXPECT_EQ(value("-65e-3 V", "mV"), -65);
  EXPECT_EQ(value("1 uF", "nF"), 1e6);
  EXPECT_EQ(value("100 Mohm", "Gohm"), 0.1);
  EXPECT_EQ(value("1 mM", "M"), 1);
  EXPECT_EQ(value("100 Hz", "kHz"), 0.1);
  EXPECT_EQ(value("2 V/s", "mV/ms"), 2);
  EXPECT_EQ(value("3 s^-1", "Hz"), 0.003);
  EXPECT_EQ(value("60_000", "1"), 60000);
  EXPECT_EQ(value("0", "mV"), 0);
}

TEST(Quantity, NamesWhatWouldFit) {
  EXPECT_EQ(message("15 mV", "ms"), "--x: the unit mV does not fit; expected one of s, ms, us, ns, min");
  EXPECT_EQ(message("15 parsec", "mV"), "--x: 'parsec' is no unit; expected one of V, mV, uV");
  EXPECT_NE(message("15", "mV").find("needs a unit"), std::string::npos);
  EXPECT_NE(message("15 mV", "1").find("plain number"), std::string::npos);
  EXPECT_NE(message("fast", "mV").find("not a number"), std::string::npos);
  EXPECT_NE(message("nan", "1").find("not a number"), std::string::npos);
}

TEST(Quantity, FindsTheNearestName) {
  EXPECT_EQ(nearest("sampels", {"samples", "seed"}), "samples");
  EXPECT_EQ(nearest("zzzzzz", {"samples", "seed"}), "");
}

} // namespace
} // namespace snn::rt
