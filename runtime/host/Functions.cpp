// The functions of numbers, through the device library: experiments and kernels share every bit of exp, log and the rest.
#include "runtime/device/DeviceApi.h"
#include "runtime/host/Arrays.h"

#include <algorithm>
#include <cmath>

namespace snn::rt::host {

double applyScalar(abi::HostFn fn, const double *x) {
  const double a = x[0], b = x[1], c = x[2];
  switch (fn) {
  case abi::HostFn::Add: return a + b;
  case abi::HostFn::Sub: return a - b;
  case abi::HostFn::Mul: return a * b;
  case abi::HostFn::Div: return a / b;
  case abi::HostFn::Mod: return snn_dev_mod_f64(a, b);
  case abi::HostFn::Pow: return snn_dev_pow_f64(a, b);
  case abi::HostFn::Neg: return -a;
  case abi::HostFn::Eq: return a == b;
  case abi::HostFn::Ne: return a != b;
  case abi::HostFn::Lt: return a < b;
  case abi::HostFn::Le: return a <= b;
  case abi::HostFn::Gt: return a > b;
  case abi::HostFn::Ge: return a >= b;
  case abi::HostFn::And: return a != 0 && b != 0;
  case abi::HostFn::Or: return a != 0 || b != 0;
  case abi::HostFn::Not: return a == 0;
  case abi::HostFn::Select: return a != 0 ? b : c;
  case abi::HostFn::Exp: return snn_dev_exp_f64(a);
  case abi::HostFn::Log: return snn_dev_log_f64(a);
  case abi::HostFn::Log1p: return snn_dev_log1p_f64(a);
  case abi::HostFn::Expm1: return snn_dev_expm1_f64(a);
  case abi::HostFn::Exprel: return snn_dev_exprel_f64(a);
  case abi::HostFn::Exprelr: return snn_dev_exprelr_f64(a);
  case abi::HostFn::Sqrt: return std::sqrt(a); // correctly rounded everywhere
  case abi::HostFn::Abs: return std::fabs(a);
  case abi::HostFn::Sign: return (a > 0) - (a < 0);
  case abi::HostFn::Min: return a < b || a != a ? a : b;
  case abi::HostFn::Max: return a > b || a != a ? a : b;
  case abi::HostFn::Clip: return std::isnan(a) ? a : std::min(std::max(a, b), c);
  case abi::HostFn::Floor: return std::floor(a);
  case abi::HostFn::Ceil: return std::ceil(a);
  case abi::HostFn::Round: return std::round(a);
  case abi::HostFn::Sin: return snn_dev_sin_f64(a);
  case abi::HostFn::Cos: return snn_dev_cos_f64(a);
  case abi::HostFn::Tan: return snn_dev_tan_f64(a);
  case abi::HostFn::Asin: return snn_dev_asin_f64(a);
  case abi::HostFn::Acos: return snn_dev_acos_f64(a);
  case abi::HostFn::Atan: return snn_dev_atan_f64(a);
  case abi::HostFn::Atan2: return snn_dev_atan2_f64(a, b);
  case abi::HostFn::Sinh: return snn_dev_sinh_f64(a);
  case abi::HostFn::Cosh: return snn_dev_cosh_f64(a);
  case abi::HostFn::Tanh: return snn_dev_tanh_f64(a);
  case abi::HostFn::Sigmoid: return snn_dev_sigmoid_f64(a);
  case abi::HostFn::Relu: return a > 0 ? a : 0;
  case abi::HostFn::Heaviside: return a >= 0;
  case abi::HostFn::Lgamma: return snn_dev_lgamma_f64(a);
  case abi::HostFn::Fma: return std::fma(a, b, c);
  }
  return 0;
}

} // namespace snn::rt::host
