// The command line of finished binaries: flags, units, nearest names, several experiments.
#include "runtime/core/Options.h"

#include <gtest/gtest.h>

namespace snn::rt {
namespace {

abi::Image imageOf(std::vector<std::string> experiments) {
  abi::Image image;
  for (const std::string &name : experiments) {
    abi::ProgramImage &p = image.programs.emplace_back();
    p.host.name = name;
    p.host.options = {{"samples", "samples", "training images", "1", 1, abi::HostConstant::Int, 2000, "", 0},
                      {"show", "show", "how long", "ms", 1, abi::HostConstant::Real, 100, "", 1},
                      {"image", "image", "a picture", "1", 1, abi::HostConstant::Text, 0, "bird.npy", 2}};
  }
  return image;
}

Result<CommandLine> parse(const abi::Image &image, std::vector<std::string> arguments) {
  return parseCommandLine(image, arguments);
}

std::string message(std::vector<std::string> arguments) {
  const Result<CommandLine> r = parse(imageOf({"train"}), std::move(arguments));
  if (r.ok())
    return "accepted";
  EXPECT_EQ(r.error().code, ExitCode::usage);
  return r.error().message;
}

TEST(Options, ReadsFlagsAndOptions) {
  const Result<CommandLine> r =
      parse(imageOf({"train"}), {"--samples", "1_500", "--show=0.2 s", "--dt", "50us", "--seed=9", "--precision", "double",
                                 "--set", "cells.tau_m=15ms", "--image", "cat.npy", "--quiet", "--threads=2"});
  ASSERT_TRUE(r.ok()) << r.error().message;
  const SessionOptions &s = r.value().session;
  EXPECT_EQ(s.numbers.at("samples"), 1500);
  EXPECT_EQ(s.numbers.at("show"), 200);
  EXPECT_EQ(s.texts.at("image"), "cat.npy");
  EXPECT_EQ(*s.dt, 0.05);
  EXPECT_EQ(*s.seed, 9u);
  EXPECT_EQ(*s.threads, 2);
  EXPECT_EQ(*s.precision, Precision::Double);
  EXPECT_EQ(s.sets.at("cells.tau_m"), "15ms");
  EXPECT_TRUE(s.quiet);
}

TEST(Options, NamesWhatIsWrong) {
  EXPECT_EQ(message({"--sampels", "5"}), "unknown flag --sampels; did you mean --samples?");
  EXPECT_EQ(message({"--samples", "2.5"}), "--samples: '2.5' is not a whole number");
  EXPECT_EQ(message({"--show", "3 mV"}), "--show: the unit mV does not fit; expected one of s, ms, us, ns, min");
  EXPECT_EQ(message({"--dt", "-1ms"}), "--dt: '-1ms' is not longer than 0");
  EXPECT_EQ(message({"--seed"}), "--seed needs a value");
  EXPECT_EQ(message({"--quiet=1"}), "--quiet takes no value");
  EXPECT_EQ(message({"--set", "tau"}), "--set: 'tau' is not PATH=VALUE, as in cells.tau_m=15ms");
  EXPECT_EQ(message({"--threads", "0"}), "--threads: '0' is not a whole number from 1 to 4096");
  EXPECT_EQ(message({"--threads=-1"}), "--threads: '-1' is not a whole number from 1 to 4096");
  EXPECT_EQ(message({"--threads", "abc"}), "--threads: 'abc' is not a whole number from 1 to 4096");
  EXPECT_EQ(message({"--device", "gpu"}), "--device: 'gpu' is neither cpu nor cuda");
  EXPECT_EQ(message({"--precision", "half"}), "--precision: 'half' is neither float nor double");
  EXPECT_EQ(message({"--output", ""}), "--output needs the name of a file");
}

TEST(Options, SeveralExperimentsAreSubcommands) {
  const abi::Image image = imageOf({"train", "evaluate"});
  const Result<CommandLine> r = parse(image, {"evaluate", "--samples", "3"});
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r.value().program, 1u);
  EXPECT_FALSE(parse(image, {"--samples", "3"}).ok());
  EXPECT_TRUE(parse(image, {"--help"}).ok());
  EXPECT_EQ(parse(image, {"tain"}).error().message, "'tain' is no experiment of this program; there are train, evaluate");
}

TEST(Options, HelpShowsDefaultsWithUnits) {
  const std::string text = helpText(imageOf({"train"}), 0, "digits");
  EXPECT_NE(text.find("--show"), std::string::npos);
  EXPECT_NE(text.find("[100 ms]"), std::string::npos);
  EXPECT_NE(text.find("[2000]"), std::string::npos);
  EXPECT_NE(text.find("--device cpu|cuda"), std::string::npos);
}

} // namespace
} // namespace snn::rt
