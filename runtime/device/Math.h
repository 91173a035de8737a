// The mathematics of the device library: LANGUAGE section 4's functions for float and double, within 2 ulp everywhere in
// their stated ranges and with the same bits on every back end. One overload each; see the parts for accuracy and method.
#pragma once

#include "runtime/device/Exp.h"      // exp expm1 exprel exprelr sinh cosh tanh sigmoid
#include "runtime/device/Gamma.h"    // lgamma
#include "runtime/device/Log.h"      // log log1p
#include "runtime/device/Pow.h"      // pow
#include "runtime/device/Rounding.h" // floor ceil round abs sign min max clip relu heaviside mod
#include "runtime/device/Trig.h"     // sin cos tan asin acos atan atan2; sqrt and fma are in Device.h
