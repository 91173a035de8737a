// What executes one kernel: the values of its instructions at the current element of the index space. The members are defined
// by theme in Execute.cpp, Operations.cpp and Spaces.cpp, each of which instantiates for both precisions what others use.
#pragma once

#include "compiler/kernel/interp/Interpreter.h"

#include <cstdint>
#include <vector>

namespace snn::interp {

/// One value; which member counts follows from the instruction's type. Real and F64 are both held as double, a Real of
/// float precision always as a float's value.
struct Value {
  double real = 0;
  int64_t integer = 0;
};

/// Index values of the current element.
struct Place {
  int64_t i = 0, src = 0, tgt = 0, edge = 0, moment = 0, event = 0, element = 0;
  int64_t step = 0;
  int64_t limit = INT64_MAX; ///< cells: number of real cells
};

template <class Real> class Machine {
public:
  Machine(const kernel::Program &p, const kernel::Kernel &k, const snn_kernel_args &a)
      : program(p), kernel(k), args(a), values(k.body.size()) {}
  int32_t run();

private:
  const kernel::Program &program;
  const kernel::Kernel &kernel;
  const snn_kernel_args &args;
  std::vector<Value> values;
  int32_t failed = 0;

  kernel::Type typeOf(kernel::ValueId v) const { return kernel.body[v].type; }
  static double rounded(double x) { return static_cast<double>(static_cast<Real>(x)); }
  void element(const Place &place);
  size_t loop(size_t start, const Place &place);
  Value one(const kernel::Instr &in, const Place &place);
  Value arithmetic(const kernel::Instr &in);
  template <class T> double real(const kernel::Instr &in, T x, T y, T z);
  int64_t whole(const kernel::Instr &in, int64_t x, int64_t y, int64_t z);
  template <class T> double function(const kernel::Instr &in, T x, T y);
  template <class T> Value draw(const kernel::Instr &in, T x, T y, const Place &place);
  Value convert(Value v, kernel::Type from, kernel::Type to);
  Value load(const kernel::Instr &in);
  void store(const kernel::Instr &in, bool add);
  void pairOut(const kernel::Instr &in, const Place &place);
  bool compare(const kernel::Instr &in);
  void row(int64_t src, int64_t begin, int64_t end);
  void column(int64_t tgt);
  void moment(int64_t at);
  void replayed(const snn_replayed &r);
  Place here() const; ///< what every element of the call shares
  bool storesState() const;
};

} // namespace snn::interp
