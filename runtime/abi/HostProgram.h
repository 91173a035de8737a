// Bytecode of network set-up and experiments: instructions over numbered slots, executed by runtime/host. The whole state
// of an experiment is its instruction number and its slots, which is what makes checkpoints and stepping simple.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace snn::abi {

enum class HostOp : uint16_t {
#define HOST_OP(NAME, MEANING) NAME,
#include "runtime/abi/HostOps.def"
#undef HOST_OP
};

/// op a b c: slots unless the table says otherwise; `list` holds a variable number of operands.
struct HostInstr {
  HostOp op{};
  uint16_t sub = 0;      ///< which operator, distribution, reduction …
  uint32_t a = 0, b = 0, c = 0;
  std::vector<uint32_t> list;
  uint32_t where = 0;    ///< index into HostFunction::lines: the model's line, for errors
};

struct HostConstant {
  enum Kind : uint8_t { Real, Int, Bool, Text } kind = Real;
  double number = 0;
  std::string text;
};

/// A piece of bytecode: a set-up value (size of a population, delay) ends with Return slot; the experiment's body with End.
struct HostFunction {
  std::string name;
  uint32_t slots = 0;
  std::vector<HostInstr> code;
};

struct HostOption {
  std::string name, flag, help, unit;
  double unitScale = 1;
  uint8_t type = 0;      ///< ValueType
  double initial = 0;    ///< canonical
  std::string initialText;
  uint32_t slot = 0;     ///< global slot
};

struct HostProgram {
  std::string name, doc;               ///< of the experiment
  std::string modelFile;
  std::vector<std::string> sourceLines; ///< "file.snn:12:3" strings that HostInstr::where refers to
  std::vector<HostConstant> constants;
  std::vector<HostFunction> functions;
  std::vector<HostOption> options;
  uint32_t globals = 0;                ///< slots 0 … globals-1 are shared by all functions (network params, options)
  std::vector<std::string> globalNames; ///< for --set and diagnostics; empty for nameless ones
  uint32_t setup = 0;                  ///< function: network params and lets → globals, scalars; runs first
  uint32_t main = 0;                   ///< function: the experiment's body
  uint32_t settings = 0;               ///< function: dt, seed, threads, precision from `set` → Setting ops; runs before setup
};

template <class V> void fields(V &v, HostInstr &x) { v(x.op, x.sub, x.a, x.b, x.c, x.list, x.where); }
template <class V> void fields(V &v, HostConstant &x) { v(x.kind, x.number, x.text); }
template <class V> void fields(V &v, HostFunction &x) { v(x.name, x.slots, x.code); }
template <class V> void fields(V &v, HostOption &x) {
  v(x.name, x.flag, x.help, x.unit, x.unitScale, x.type, x.initial, x.initialText, x.slot);
}
template <class V> void fields(V &v, HostProgram &x) {
  v(x.name, x.doc, x.modelFile, x.sourceLines, x.constants, x.functions, x.options, x.globals, x.globalNames, x.setup,
    x.main, x.settings);
}

} // namespace snn::abi
