// A load of an element that this body has just given a value takes the value; a store that a later one overwrites unseen
// goes. Only plain stores without a predicate are looked at, and any other write to the buffer ends what is known of it.
//   before:  store @"V"[%0], %5   %6 = load @"V"[%0] : real   store @"V"[%0], %7
//   after:   %6 is %5, and only the last store is left
// Steps: 1. from the top, remember the last store of each (buffer, index) and rename loads; 2. from the end, drop stores to
// an element that is stored again before anything reads the buffer.
#include "compiler/kernel/passes/Passes.h"
#include "compiler/kernel/passes/Rewrite.h"

#include <map>
#include <set>

namespace snn::kernel {

namespace {

using Element = std::pair<uint32_t, ValueId>; // buffer, index

/// Whether a value of type `value` survives the buffer's element type and comes back as `loaded`.
bool survives(const Program &program, uint32_t buffer, Type value, Type loaded) {
  if (value != loaded)
    return false;
  switch (program.tables.buffers[buffer].elem) {
  case abi::Elem::Real: return value == Type::Real;
  case abi::Elem::F64: return value == Type::F64;
  case abi::Elem::I64: return value == Type::I64;
  case abi::Elem::U8: return value == Type::Bool;
  case abi::Elem::I32: return value == Type::I32;
  }
  return false;
}

bool renameLoads(const Program &program, Kernel &kernel) {
  Replacements names(kernel.body.size());
  std::map<Element, ValueId> stored;
  bool changed = false;
  for (size_t k = 0; k < kernel.body.size(); ++k) {
    Instr &i = kernel.body[k];
    changed |= names.apply(i);
    if (i.op == Op::Load) {
      const auto it = stored.find({i.object, i.index});
      if (it != stored.end() && survives(program, i.object, kernel.body[it->second].type, i.type))
        names.replace(static_cast<ValueId>(k), it->second);
    } else if (i.op == Op::Store || i.op == Op::Accumulate) {
      std::erase_if(stored, [&](const auto &s) { return s.first.first == i.object; });
      if (i.op == Op::Store && i.predicate == noValue)
        stored[{i.object, i.index}] = i.a;
    }
  }
  return changed;
}

bool dropOverwritten(Kernel &kernel) {
  // A kernel over edges revisits cells: a value stored for one edge may be read at the next one, but not in between.
  std::set<Element> overwritten;
  std::vector<bool> keep(kernel.body.size(), true);
  for (size_t k = kernel.body.size(); k-- > 0;) {
    const Instr &i = kernel.body[k];
    if (i.op == Op::Load || i.op == Op::Accumulate)
      std::erase_if(overwritten, [&](const Element &e) { return e.first == i.object; });
    if (i.op != Op::Store)
      continue;
    if (overwritten.contains({i.object, i.index}))
      keep[k] = false;
    else if (i.predicate == noValue)
      overwritten.insert({i.object, i.index});
  }
  return keepOnly(kernel, keep);
}

/// Loads that lost their uses would keep stores alive.
bool dropUnusedLoads(Kernel &kernel) {
  std::vector<bool> used(kernel.body.size(), false);
  for (Instr &i : kernel.body)
    forEachUse(i, [&](ValueId &v) { used[v] = true; });
  for (size_t k = 0; k < kernel.body.size(); ++k)
    used[k] = used[k] || kernel.body[k].op != Op::Load;
  return keepOnly(kernel, used);
}

} // namespace

bool runForwardStores(const Program &program, Kernel &kernel) {
  bool changed = renameLoads(program, kernel);
  changed |= dropUnusedLoads(kernel);
  changed |= dropOverwritten(kernel);
  return changed;
}

} // namespace snn::kernel
