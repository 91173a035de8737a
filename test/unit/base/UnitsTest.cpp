// Units: exact conversion to canonical values, names of dimensions.
#include "compiler/base/units/Units.h"

#include <cmath>
#include <gtest/gtest.h>

namespace {

using snn::units::divide;
using snn::units::find;
using snn::units::literal;
using snn::units::multiply;
using snn::units::names;
using snn::units::power;
using snn::units::Rational;
using snn::units::readable;
using snn::units::Unit;

double value(const char *digits, const char *unit) { return literal(digits, *find(unit)); }

TEST(Units, LiteralsAreRoundedOnce) {
  EXPECT_EQ(value("0.1", "ms"), 0.1);
  EXPECT_EQ(value("0.1", "s"), 100.0);
  EXPECT_EQ(value("0.3", "us"), 0.0003);
  EXPECT_EQ(value("70e-3", "V"), 70.0);
  EXPECT_EQ(value("1_000", "mV"), 1000.0);
  EXPECT_EQ(value("2", "min"), 120000.0);
  EXPECT_EQ(value("10", "Mohm"), 0.01);
  EXPECT_EQ(value("40", "Hz"), 0.04);
  EXPECT_EQ(value("1e-99999999999999999999", "ms"), 0.0);
}

TEST(Units, TheCanonicalSystemIsCoherent) {
  for (const char *name : {"ms", "mV", "pA", "nS", "pF", "Gohm", "um", "mM", "K", "fC"})
    EXPECT_EQ(find(name)->scale, 1.0) << name;
  EXPECT_EQ(multiply(*find("nS"), *find("mV")).dimension, find("pA")->dimension);
  EXPECT_EQ(divide(*find("pF"), *find("nS")).dimension, find("ms")->dimension);
  EXPECT_EQ(multiply(*find("Gohm"), *find("pA")).dimension, find("mV")->dimension);
}

TEST(Units, DimensionsHaveReadableNames) {
  const auto name = [](const Unit &u) { return readable(u.dimension).name; };
  const Unit mV = *find("mV"), ms = *find("ms"), nS = *find("nS"), um = *find("um"), pF = *find("pF");
  EXPECT_EQ(name(divide(mV, ms)), "mV/ms");
  EXPECT_EQ(name(power(ms, -1)), "kHz");
  EXPECT_EQ(name(power(mV, 2)), "mV^2");
  EXPECT_EQ(name(divide(pF, power(um, 2))), "pF/um^2");
  EXPECT_EQ(name(divide(nS, ms)), "nS/ms");
  EXPECT_EQ(readable({}).name, "1");
}

TEST(Units, PowersAndQuotientsKeepTheirScale) {
  EXPECT_EQ(divide(*find("V"), *find("s")).scale, 1.0);
  EXPECT_EQ(literal("2", power(*find("V"), 2)), 2e6);
  EXPECT_EQ(literal("3", divide(*find("uF"), power(*find("cm"), 2))), 3 * 1e6 / 1e8);
  EXPECT_NEAR(power(*find("s"), Rational(1, 2)).scale, std::sqrt(1000.0), 1e-12);
  EXPECT_EQ(divide(*find("mV"), multiply(*find("ms"), *find("nS"))).name, "mV/ms/nS");
}

TEST(Units, EachNameIsFound) {
  for (const std::string &name : names())
    EXPECT_TRUE(find(name)) << name;
  EXPECT_FALSE(find("degC"));
  EXPECT_FALSE(find("parsec"));
}

} // namespace
