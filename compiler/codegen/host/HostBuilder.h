// Network set-up and the experiment as bytecode: model::Program → abi::HostProgram.
//
// The scheduler asks for set-up values (sizes, slices, delays, spike lists) while it works, so a HostBuilder exists before
// scheduling; the rest is lowered when the scheduler has numbered populations, projections, variables and scalars.
#pragma once

#include "compiler/model/ir/Experiment.h"
#include "runtime/abi/HostProgram.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace snn::codegen::host {

/// Where the scheduler has put the model's things. `none` (0xffffffff) where something has no such number.
struct Numbering {
  std::function<uint32_t(const model::Population &)> population;
  std::function<uint32_t(const model::Projection &)> projection;
  /// Index into the `variables` of its population, projection or network.
  std::function<uint32_t(const model::Var &)> variable;
  /// Of a uniform value.
  std::function<uint32_t(const model::Var &)> scalar;
};

/// How the lowering talks about the source.
struct Source {
  std::function<std::string(source::Range)> place;                 ///< "model.snn:12:3"
  std::function<void(source::Range, std::string message)> refuse;  ///< reports what is not supported
};

class FunctionBuilder;

class HostBuilder {
public:
  HostBuilder(const model::Program &program, Source source);

  /// Number of the function that gives the value of `e`, a set-up value that may read the network's values, uniform
  /// params and options.
  uint32_t hostFunction(expr::ExprPtr e);

  /// Lowers the set-up and the experiment. Returns nothing if something was refused.
  std::optional<abi::HostProgram> finish(const Numbering &numbering);

private:
  friend class FunctionBuilder;
  friend class StatementLowering;

  const model::Program &program;
  Source source;
  abi::HostProgram out;
  const Numbering *numbering = nullptr;
  bool refused = false;
  std::map<const model::Var *, uint32_t> globals; ///< network values, uniform params, options
  std::map<expr::ExprPtr, uint32_t> loaded;       ///< the constants that come from files
  std::map<std::string, uint32_t> texts, lines;
  std::map<std::pair<uint8_t, double>, uint32_t> numbers;

  uint32_t global(const model::Var *var);
  uint32_t globalOf(expr::ExprPtr loadedConstant);
  uint32_t textConstant(std::string_view text);
  uint32_t numberConstant(abi::HostConstant::Kind kind, double value);
  uint32_t line(source::Range range);
  void refuse(source::Range range, std::string message);

  void lowerOptions();
  uint32_t lowerSettings();
  uint32_t lowerSetup();
  void setUpValue(FunctionBuilder &f, const model::Var &var, std::map<const model::Var *, int> &done);
  uint32_t lowerMain();
  // ---- LowerSweep.cpp
  void lowerSweeps();
  /// `main` knows where what is read was kept.
  uint32_t lowerAfter(FunctionBuilder &main);
  std::map<const model::Var *, std::string> paths; ///< of uniform values, for --set: "cells.tau_m", "n"
};

} // namespace snn::codegen::host
