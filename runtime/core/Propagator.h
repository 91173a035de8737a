// Exact propagators of coupled linear systems.
#pragma once

#include "runtime/abi/Image.h"

#include <vector>

namespace snn::rt {

/// exp(M) of an n×n matrix, row by row, by scaling and squaring of a Taylor polynomial (Moler & Van Loan, SIAM Review 45,
/// 2003, method 3): only + - * /, so the same bits everywhere. Relative error about 1e-15 in norm; no special cases for
/// equal time constants.
std::vector<double> matrixExponential(const std::vector<double> &m, int n);

/// Fills the scalars P and Q of a system from its A: both blocks of exp([[A h, h I], [0, 0]]).
void computePropagator(const abi::Propagator &system, double dt, std::vector<double> &scalars);

} // namespace snn::rt
