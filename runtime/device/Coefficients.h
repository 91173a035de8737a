// Constants and polynomials of the device library. Written by generate/coefficients.py: change that instead.
#pragma once

#include "runtime/device/Device.h"

namespace snn::device {

template <class Real> struct Constants;
template <> struct Constants<double> {
  static constexpr double log2e = 0x1.71547652b82fep+0;
  static constexpr double twoOverPi = 0x1.45f306dc9c883p-1;
  static constexpr double pi = 0x1.921fb54442d18p+1;
  static constexpr double ln2Part1 = 0x1.62e42fefa4000p-1;
  static constexpr double ln2Part2 = -0x1.8432a1b0e2634p-43;
  static constexpr double ln2Full1 = 0x1.62e42fefa39efp-1;
  static constexpr double ln2Full2 = 0x1.abc9e3b39803fp-56;
  static constexpr double halfPiPart1 = 0x1.921fb54442d18p+0;
  static constexpr double halfPiPart2 = 0x1.1a62633145c07p-54;
  static constexpr double halfPiPart3 = -0x1.f1976b7ed8fbcp-110;
  static constexpr double quarterPiPart1 = 0x1.921fb54442d18p-1;
  static constexpr double quarterPiPart2 = 0x1.1a62633145c07p-55;
  static constexpr double logPiPart1 = 0x1.250d048e7a1bdp+0;
  static constexpr double logPiPart2 = 0x1.7abf2ad8d5088p-57;
  static constexpr double twoThirdsPart1 = 0x1.5555555555555p-1;
  static constexpr double twoThirdsPart2 = 0x1.5555555555555p-55;
  static constexpr double halfLog2PiPart1 = 0x1.d67f1c864beb5p-1;
  static constexpr double halfLog2PiPart2 = -0x1.65b5a1b7ff5dfp-55;
};
template <> struct Constants<float> {
  static constexpr float log2e = 0x1.7154760000000p+0f;
  static constexpr float twoOverPi = 0x1.45f3060000000p-1f;
  static constexpr float pi = 0x1.921fb60000000p+1f;
  static constexpr float ln2Part1 = 0x1.62e4000000000p-1f;
  static constexpr float ln2Part2 = 0x1.7f7d1c0000000p-20f;
  static constexpr float halfPi = 0x1.921fb60000000p+0f;
};

/// (e^r - 1 - r) / r^2; largest error 1.4e-18.
SNN_DEV double expQ(double x) {
  return poly(x, 0x1.0000000000000p-1, 0x1.5555555555557p-3, 0x1.5555555555556p-5,
              0x1.11111111100dcp-7, 0x1.6c16c16c162d4p-10, 0x1.a01a01abe7fe1p-13,
              0x1.a01a01a6d889cp-16, 0x1.71de0231960ebp-19, 0x1.27e4db646b17ep-22,
              0x1.af4de97ca4194p-26, 0x1.1f730349868cep-29);
}
/// (e^r - 1 - r) / r^2; largest error 1.4e-9.
SNN_DEV float expQ(float x) {
  return poly(x, 0x1.0000000000000p-1f, 0x1.5555560000000p-3f, 0x1.5554ea0000000p-5f,
              0x1.1110e00000000p-7f, 0x1.6d43240000000p-10f, 0x1.a124f20000000p-13f);
}

/// (e^r - 1 - r) / r^2, for results that are rounded once; of the error times r; largest error 1.82e-17.
SNN_DEV double expShortQ(double x) {
  return poly(x, 0x1.0000000000005p-1, 0x1.5555555555557p-3, 0x1.55555555520a4p-5,
              0x1.11111111100dcp-7, 0x1.6c16c17f46982p-10, 0x1.a01a01abe7fe1p-13,
              0x1.a019a6611cad5p-16, 0x1.71de0231960ebp-19, 0x1.28a2ca617b969p-22,
              0x1.af4de97ca4194p-26);
}
/// (e^r - 1 - r) / r^2, for results that are rounded once; of the error times r; largest error 1.39e-8.
SNN_DEV float expShortQ(float x) {
  return poly(x, 0x1.0000000000000p-1f, 0x1.5554b00000000p-3f, 0x1.5555020000000p-5f,
              0x1.1227f80000000p-7f, 0x1.6d2d900000000p-10f);
}

/// (log((1+s)/(1-s)) - 2s) / s^3 in z = s^2; largest error 2.07e-18.
SNN_DEV double logP(double x) {
  return poly(x, 0x1.5555555555555p-1, 0x1.9999999999a38p-2, 0x1.2492492476c87p-2,
              0x1.c71c720160b47p-3, 0x1.745cf901605f7p-3, 0x1.3b1c360763b8ap-3,
              0x1.0fbe83c2cbcf3p-3, 0x1.0c04595972ab8p-3);
}
/// (log((1+s)/(1-s)) - 2s) / s^3 in z = s^2; largest error 1.15e-9.
SNN_DEV float logP(float x) {
  return poly(x, 0x1.5555560000000p-1f, 0x1.9999ec0000000p-2f, 0x1.245c400000000p-2f,
              0x1.ddcf720000000p-3f);
}

/// (logP - 2/3) / z; largest error 1.28e-20.
SNN_DEV double logQ(double x) {
  return poly(x, 0x1.999999999999ap-2, 0x1.2492492492491p-2, 0x1.c71c71c71cfd9p-3,
              0x1.745d174513593p-3, 0x1.3b13b1bc75cd4p-3, 0x1.1110dfad0f8eap-3,
              0x1.e1f7fa7547177p-4, 0x1.ac4a89c964b82p-4, 0x1.b8d433113b7fap-4);
}

/// (sin r - r) / r^3 in z = r^2; largest error 1.17e-20.
SNN_DEV double sinS(double x) {
  return poly(x, -0x1.5555555555555p-3, 0x1.1111111111110p-7, -0x1.a01a01a01992fp-13,
              0x1.71de3a545f836p-19, -0x1.ae645410e937bp-26, 0x1.61217d9252c03p-33,
              -0x1.ab16f5caa198ap-41);
}
/// (sin r - r) / r^3 in z = r^2; largest error 2.82e-11.
SNN_DEV float sinS(float x) {
  return poly(x, -0x1.5555560000000p-3f, 0x1.11110e0000000p-7f, -0x1.a013a40000000p-13f,
              0x1.6dbcfc0000000p-19f);
}

/// (cos r - 1 + z/2) / z^2 in z = r^2; largest error 6.49e-22.
SNN_DEV double cosC(double x) {
  return poly(x, 0x1.5555555555555p-5, -0x1.6c16c16c16c16p-10, 0x1.a01a01a019d06p-16,
              -0x1.27e4fb77125c5p-22, 0x1.1eed8deac3dfep-29, -0x1.9394b8bd50ae1p-37,
              0x1.ab779550c8d9bp-45);
}
/// (cos r - 1 + z/2) / z^2 in z = r^2; largest error 2.35e-12.
SNN_DEV float cosC(float x) {
  return poly(x, 0x1.5555560000000p-5f, -0x1.6c16c00000000p-10f, 0x1.a015c20000000p-16f,
              -0x1.25239a0000000p-22f);
}

/// (atan t - t) / t^3 in z = t^2; largest error 4.29e-20.
SNN_DEV double atanA(double x) {
  return poly(x, -0x1.5555555555555p-2, 0x1.9999999999997p-3, -0x1.24924924920acp-3,
              0x1.c71c71c6ddb13p-4, -0x1.745d173561ae0p-4, 0x1.3b13aea970e58p-4,
              -0x1.1110ceddb22d6p-4, 0x1.e1d8e89291b2fp-5, -0x1.aebd143c55a36p-5,
              0x1.829c9a46152b5p-5, -0x1.503b1df32251dp-5, 0x1.f5ea203927f08p-6,
              -0x1.c807c7fd8901cp-7);
}

/// lgamma(2+u) / (u (u+1)); largest error 9.39e-20.
SNN_DEV double lgammaQ(double x) {
  return horner(x, 0x1.b0ee6072093cep-2, -0x1.9ae6509ea109fp-4, 0x1.0e0c9df293532p-5,
              -0x1.95ce223a9cb35p-7, 0x1.47974853aa106p-8, -0x1.145121f9a3d48p-9,
              0x1.dfebcf8e90719p-11, -0x1.a96a400c26dccp-12, 0x1.7ed733a605f3cp-13,
              -0x1.5c86b741de9f5p-14, 0x1.402f11c795d76p-15, -0x1.2850376ded721p-16,
              0x1.13e3f4dc25e3bp-17, -0x1.0232c4731cdcep-18, 0x1.e5608b8d72e67p-20,
              -0x1.c9aaed1901562p-21, 0x1.b13b2fafe4260p-22, -0x1.9e596de4283f8p-23,
              0x1.8a7b250706e02p-24, -0x1.60869e758c483p-25, 0x1.50b1e730c453cp-26,
              -0x1.caecbfa877041p-27, 0x1.ba24f58cdab91p-28, 0x1.0ebb46aaf26a9p-30,
              -0x1.0ef4cbd383fbfp-31, -0x1.72c596f8d59d4p-29, 0x1.68864aa822a50p-30,
              0x1.a7ca11a685f3fp-31, -0x1.9d2b34409877fp-32, -0x1.e2397c6844932p-33,
              0x1.d53b0afd53420p-34);
}

/// x (lgamma(x) - (x-1/2) log x + x - log(2 pi)/2) in z = 1/x^2, x >= 8; largest error 3.22e-22.
SNN_DEV double stirling(double x) {
  return poly(x, 0x1.5555555555555p-4, -0x1.6c16c16c16c0fp-9, 0x1.a01a01a00d0c8p-11,
              -0x1.381381168d370p-11, 0x1.b951b7066a805p-11, -0x1.f69af4cedb3c1p-10,
              0x1.a2565f7c03969p-8, -0x1.c6897db52d634p-6, 0x1.c29fa984fd96ep-4);
}

} // namespace snn::device
