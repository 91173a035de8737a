// Random numbers: Philox against the known answers of Random123, the definition of the mapping from elements to words, the
// distributions' moments and tails, and the same bits at every vector width.
#include "runtime/device/DeviceApi.h"
#include "runtime/device/Draws.h"
#include "runtime/unit/loops/DeviceLoops.h"

#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <string_view>
#include <vector>

namespace {

namespace dev = snn::device;
using dev::Site;

TEST(DeviceRng, philoxKnownAnswers) {
  const auto check = [](dev::Words counter, uint64_t seed, dev::Words expected) {
    const dev::Words got = dev::philox(counter, seed);
    for (int k = 0; k < 4; ++k)
      EXPECT_EQ(got.w[k], expected.w[k]) << k;
  };
  const uint32_t ones = 0xffffffffu;
  check({{0, 0, 0, 0}}, 0, {{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}});
  check({{ones, ones, ones, ones}}, ~uint64_t(0), {{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}});
  check({{0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}}, 0x299f31d0a4093822ull,
        {{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}});
}

TEST(DeviceRng, mappingOfElements) {
  // 64 elements share 16 counters; large elements and steps reach the upper bits of the counter
  for (uint64_t base : {uint64_t(0), uint64_t(64) * 1000, uint64_t(1) << 40})
    for (uint64_t k = 0; k < 64; ++k) {
      const uint64_t step = (uint64_t(5) << 32) + 9, counter = base / 4 + k % 16;
      const dev::Words w = dev::philox(
          {{uint32_t(counter), uint32_t(step), 77u, 3u | uint32_t(counter >> 32) << 8 | uint32_t(step >> 32) << 20}}, 42);
      EXPECT_EQ(dev::philoxWord(42, 77, step, base + k, 3), w.w[k / 16]);
    }
}

TEST(DeviceRng, everyPartOfTheSiteCounts) {
  const uint32_t word = dev::philoxWord(1, 2, 3, 4, 5);
  EXPECT_NE(word, dev::philoxWord(2, 2, 3, 4, 5));
  EXPECT_NE(word, dev::philoxWord(1, 3, 3, 4, 5));
  EXPECT_NE(word, dev::philoxWord(1, 2, 4, 4, 5));
  EXPECT_NE(word, dev::philoxWord(1, 2, 3, 20, 5));
  EXPECT_NE(word, dev::philoxWord(1, 2, 3, 4, 6));
  EXPECT_NE(word, dev::philoxWord(1, 2, 3 + (uint64_t(1) << 32), 4, 5));
}

struct Moments { double mean, variance; };

Moments moments(const std::function<double(uint64_t)> &draw, uint64_t count) {
  double sum = 0, square = 0;
  for (uint64_t k = 0; k < count; ++k) {
    const double x = draw(k);
    sum += x;
    square += x * x;
  }
  const double mean = sum / double(count);
  return {mean, square / double(count) - mean * mean};
}

/// Mean within five standard errors, variance within `slack`.
void expectMoments(const char *name, const std::function<double(uint64_t)> &draw, double mean, double variance,
                   double slack = 0.03) {
  const uint64_t count = 200'000;
  const Moments m = moments(draw, count);
  EXPECT_NEAR(m.mean, mean, 5 * std::sqrt(variance / double(count)) + 1e-12) << name;
  EXPECT_NEAR(m.variance, variance, slack * variance + 1e-12) << name;
}

template <class Real> void checkDistributions() {
  const auto at = [](uint64_t k) { return Site{11, 22, k / 1000, k % 1000}; };
  expectMoments("uniform", [&](uint64_t k) { return dev::drawUniform<Real>(2, 5, at(k)); }, 3.5, 9.0 / 12);
  expectMoments("normal", [&](uint64_t k) { return dev::drawNormal<Real>(-1, 2, at(k)); }, -1, 4);
  expectMoments("exponential", [&](uint64_t k) { return dev::drawExponential<Real>(3, at(k)); }, 3, 9, 0.05);
  const double v = std::exp(0.25) - 1, m = std::exp(1 + 0.125);
  expectMoments("lognormal", [&](uint64_t k) { return dev::drawLognormal<Real>(1, Real(0.5), at(k)); }, m, v * m * m, 0.06);
  for (double shape : {0.3, 1.0, 7.5})
    expectMoments("gamma", [&](uint64_t k) { return dev::drawGamma<Real>(Real(shape), 2, at(k)); },
                  2.0 * double(Real(shape)), 4.0 * shape, 0.08);
  for (double mean : {0.0, 0.01, 1.0, 9.9, 10.0, 40.0, 1e4, 3e9})
    expectMoments("poisson", [&](uint64_t k) { return double(dev::drawPoisson<Real>(Real(mean), at(k))); },
                  double(Real(mean)), mean, mean < 0.1 ? 0.15 : 0.03);
  for (double p : {0.0, 1e-3, 0.5, 0.9})
    expectMoments("bernoulli", [&](uint64_t k) { return double(dev::drawBernoulli(Real(p), at(k))); }, p, p * (1 - p),
                  0.3);
  for (uint64_t k = 0; k < 10'000; ++k) {
    ASSERT_TRUE(dev::drawBernoulli(Real(1), at(k)));
    ASSERT_FALSE(dev::drawBernoulli(Real(0), at(k)));
    ASSERT_LT(dev::uniform01<Real>(at(k), 0), Real(1));
    ASSERT_GT(dev::openUniform<Real>(at(k), 0), Real(0));
  }
}

TEST(DeviceRng, distributionsFloat) { checkDistributions<float>(); }
TEST(DeviceRng, distributionsDouble) { checkDistributions<double>(); }

TEST(DeviceRng, normalIsNormal) {
  // χ² over 20 cells of equal probability; 43.8 is the 0.1 % point for 19 degrees of freedom
  for (bool wide : {false, true}) {
    std::vector<double> cells(20);
    const int count = 200'000;
    for (int k = 0; k < count; ++k) {
      const Site s{5, 6, uint64_t(k / 777), uint64_t(k % 777)};
      const double x = wide ? dev::standardNormal<double>(s, 0) : double(dev::standardNormal<float>(s, 0));
      ++cells[size_t(std::min(19.0, 20 * 0.5 * std::erfc(-x / std::sqrt(2.0))))];
    }
    double chi = 0;
    for (double c : cells)
      chi += (c - count / 20.0) * (c - count / 20.0) / (count / 20.0);
    EXPECT_LT(chi, 43.8) << wide;
  }
}

TEST(DeviceRng, poissonProbabilities) {
  for (bool wide : {false, true})
  for (double mean : {2.5, 15.0}) {
    std::vector<double> seen(60);
    const int count = 200'000;
    for (int k = 0; k < count; ++k)
      ++seen[size_t(std::min(59.0, wide ? dev::poissonNumber<double>(mean, {8, 9, 0, uint64_t(k)}) : dev::poissonNumber<float>(mean, {8, 9, 0, uint64_t(k)})))];
    double chi = 0;
    int cells = 0;
    for (int n = 0; n < 59; ++n) {
      const double expected = count * std::exp(n * std::log(mean) - mean - std::lgamma(n + 1.0));
      if (expected < 20)
        continue;
      chi += (seen[size_t(n)] - expected) * (seen[size_t(n)] - expected) / expected;
      ++cells;
    }
    EXPECT_LT(chi, cells + 4.5 * std::sqrt(2.0 * cells)) << mean;
  }
}

template <class Real> void expectBlocksAsElements(auto block, auto from) {
  for (uint64_t first : {uint64_t(0), uint64_t(64) * 12345, uint64_t(1) << 40}) {
    Real got[64];
    block(got, first);
    for (uint64_t k = 0; k < 64; ++k)
      EXPECT_EQ(got[k], Real(from(Site{3, 4, 5 + first, first + k}))) << k;
  }
}

TEST(DeviceRng, blocksAreTheirElements) {
#define BLOCK(NAME, R, SUFFIX) [](R *out, uint64_t first) { snn_dev_block_##NAME##_##SUFFIX(out, 3, 4, 5 + first, first); }
  expectBlocksAsElements<float>(BLOCK(uniform, float, f32), [](const Site &s) { return dev::uniform01<float>(s, 0); });
  expectBlocksAsElements<double>(BLOCK(uniform, double, f64), [](const Site &s) { return dev::uniform01<double>(s, 0); });
  expectBlocksAsElements<float>(BLOCK(open, float, f32), [](const Site &s) { return dev::openUniform<float>(s, 0); });
  expectBlocksAsElements<double>(BLOCK(open, double, f64), [](const Site &s) { return dev::openUniform<double>(s, 0); });
  expectBlocksAsElements<float>(BLOCK(normal, float, f32), [](const Site &s) { return dev::standardNormal<float>(s, 0); });
  expectBlocksAsElements<double>(BLOCK(normal, double, f64), [](const Site &s) { return dev::standardNormal<double>(s, 0); });
#undef BLOCK
}

/// What the place of a draw keeps; it is not cleared between blocks.
template <class Real> struct PoissonPlace {
  alignas(64) std::array<char, SNN_DEV_POISSON_TABLE> table;
  PoissonPlace() {
    const double none = std::numeric_limits<double>::quiet_NaN();
    std::memcpy(table.data(), &none, sizeof none);
  }
};

template <class Real> void expectPoisson(auto block, auto blockOfMeans) {
  PoissonPlace<Real> one, each;
  for (double mean : {0.0, 0.01, 2.5, 2.5, 9.99, 10.0, 50.0}) {
    const auto number = [&](const Site &s) { return dev::drawPoisson(Real(mean), s); };
    std::vector<Real> means(64, Real(mean));
    expectBlocksAsElements<Real>([&](Real *out, uint64_t first) { block(out, Real(mean), one.table.data(), 3, 4, 5 + first, first); }, number);
    expectBlocksAsElements<Real>([&](Real *out, uint64_t first) { blockOfMeans(out, means.data(), each.table.data(), 3, 4, 5 + first, first); }, number);
  }
  for (double most : {9.0, 30.0}) { // with a mean of 10 and more, and without
    Real means[64];
    for (int k = 0; k < 64; ++k)
      means[k] = Real(most * k / 63);
    expectBlocksAsElements<Real>([&](Real *out, uint64_t first) { blockOfMeans(out, means, each.table.data(), 3, 4, 5 + first, first); },
                                 [&](const Site &s) { return dev::drawPoisson(means[s.element % 64], s); });
  }
}

TEST(DeviceRng, poissonBlocksAreTheirElements) {
  expectPoisson<float>(snn_dev_block_poisson_f32, snn_dev_block_poissons_f32);
  expectPoisson<double>(snn_dev_block_poisson_f64, snn_dev_block_poissons_f64);
}

TEST(DeviceRng, outOfRange) {
  EXPECT_TRUE(std::isnan(dev::drawPoisson(-1.0, Site{1, 2, 3, 4})));
  EXPECT_TRUE(std::isnan(dev::drawGamma(0.0, 1.0, Site{1, 2, 3, 4})));
}

template <class Real> bool same(Real a, Real b) { return (a != a && b != b) || dev::bitsOf(a) == dev::bitsOf(b); }

template <class Real, class Run> void compareLevels(const char *name, bool probability, Run run) {
  const size_t count = 1024 + 37;
  std::vector<Real> a(count), b(count), scalar(count), v3(count), v4(count);
  for (size_t k = 0; k < count; ++k) {
    a[k] = static_cast<Real>(probability ? double(k) / double(count) : 0.1 + 0.02 * double(k));
    b[k] = static_cast<Real>(0.3 + double(k % 7));
  }
  run(loops_scalar(), a, b, scalar);
  run(loops_v3(), a, b, v3);
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  run(avx512 ? loops_v4() : loops_v3(), a, b, v4);
  for (size_t k = 0; k < count; ++k) {
    ASSERT_TRUE(same(scalar[k], v3[k])) << name << " " << k;
    ASSERT_TRUE(same(scalar[k], v4[k])) << name << " " << k;
  }
}

TEST(DeviceRng, sameBitsAtEveryVectorWidth) {
  using snn::test::Loops;
  for (int f = 0; f < loops_scalar()->drawCount; ++f) {
    const char *name = loops_scalar()->drawNames[f];
    const bool probability = std::string_view(name) == "bernoulli";
    compareLevels<float>(name, probability, [f](const Loops *l, auto &a, auto &b, auto &r) {
      l->drawFloat(f, a.data(), b.data(), r.data(), int64_t(r.size()), 99, 7, 3);
    });
    compareLevels<double>(name, probability, [f](const Loops *l, auto &a, auto &b, auto &r) {
      l->drawDouble(f, a.data(), b.data(), r.data(), int64_t(r.size()), 99, 7, 3);
    });
  }
}

TEST(DeviceRng, hostLibraryGivesTheSameNumbers) {
  for (uint64_t k = 0; k < 500; ++k) {
    const Site s{123, 45, 6, k};
    EXPECT_EQ(snn_dev_draw_normal_f32(1, 2, 123, 45, 6, k), dev::drawNormal(1.0f, 2.0f, s));
    EXPECT_EQ(snn_dev_draw_gamma_f64(2.5, 2, 123, 45, 6, k), dev::drawGamma(2.5, 2.0, s));
    EXPECT_EQ(snn_dev_draw_poisson_f32(20, 123, 45, 6, k), dev::drawPoisson(20.0f, s));
    EXPECT_EQ(snn_dev_draw_bernoulli_f32(0.25f, 123, 45, 6, k) != 0, dev::drawBernoulli(0.25f, s));
  }
}

} // namespace
