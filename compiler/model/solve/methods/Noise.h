// What white noise adds to linear equations over a step.
#pragma once

#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/Solve.h"

namespace snn::solve {

/// A state with x' = sum of coefficients * states + sum of factors * white noise + …, all constant over the step.
struct Row {
  model::Equation *equation = nullptr;
  Affine parts;
};

/// Of one equation x' = rate x + sum of factor * noise: the sum of factor * N * sqrt(dt exprel(2 rate dt)), N the standard
/// normal number of the source. Null rate: zero.
ExprPtr noiseOverStep(Context &context, Var *state, ExprPtr rate, const Factors &factors);

/// Of linear equations with uniform coefficients, which read each other or share sources: for each row that noise reaches what
/// it adds, jointly normal with the covariance S = integral of exp(A s) G G^T exp(A s)^T over the step.
///   before:  V' = a V + c I,  I' = d I + g xi
///   after:   let V.noise = L.V.V * N.V;  let I.noise = fma(L.I.I, N.I, L.I.V * N.V)
/// S solves S' = A S + S A^T + G G^T, a linear system with a constant input, so that its propagator (model::LinearSystem) gives
/// it; its Cholesky factor L is derived from that.
std::map<Var *, ExprPtr> jointNoise(Context &context, const std::vector<Row> &rows, const std::string &variant);

} // namespace snn::solve
