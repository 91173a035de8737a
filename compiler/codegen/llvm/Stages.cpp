// Which operation of a kernel over cells belongs to which stage: as late as its users allow, calls between two stages.
#include "compiler/codegen/llvm/Stages.h"

#include <algorithm>
#include <array>
#include <set>

namespace snn::codegen {

using kernel::Instr;
using kernel::Op;

namespace {

class Cutter {
public:
  Cutter(const kernel::Kernel &k, const std::vector<bool> &before) : body(k.body), known(before) {}

  Stages cut() {
    stages.last = hasLoop() ? 0 : depth();
    if (!stages.last)
      return {};
    sink();
    return rereadsIn(stages.last) ? stages : Stages{};
  }

private:
  const std::vector<Instr> &body;
  const std::vector<bool> &known;
  Stages stages;

  bool isCall(size_t n) const { return kernel::isFunction(body[n].op) && !known[n]; }

  bool hasLoop() const {
    return std::ranges::any_of(body, [](const Instr &i) { return i.op == Op::Loop; });
  }

  template <class Visit> void operands(const Instr &i, Visit visit) const {
    for (kernel::ValueId v : std::array{i.a, i.b, i.c, i.index, i.predicate})
      if (v != kernel::noValue && !known[v])
        visit(v);
  }

  /// The longest chain of calls.
  uint32_t depth() const {
    std::vector<uint32_t> calls(body.size(), 0);
    for (size_t n = 0; n < body.size(); ++n) {
      operands(body[n], [&](kernel::ValueId v) { calls[n] = std::max(calls[n], calls[v]); });
      calls[n] += isCall(n);
    }
    return calls.empty() ? 0 : *std::ranges::max_element(calls);
  }

  /// What is computed late need not be kept; states are stored in the last stage, so that all stages read the old ones.
  void sink() {
    stages.of.assign(body.size(), stages.last);
    for (size_t n = 0; n < body.size(); ++n)
      if (isCall(n))
        stages.of[n] = stages.last - 1;
    for (size_t n = body.size(); n-- > 0;)
      operands(body[n], [&](kernel::ValueId v) { stages.of[v] = std::min(stages.of[v], stages.of[n] - isCall(v)); });
  }

  /// Whether loads of what the body has stored before are all in that stage.
  bool rereadsIn(uint32_t stage) const {
    std::set<uint32_t> stored;
    for (size_t n = 0; n < body.size(); ++n) {
      if (body[n].op == Op::Load && stages.of[n] != stage && stored.contains(body[n].object))
        return false;
      if (body[n].op == Op::Store || body[n].op == Op::Accumulate)
        stored.insert(body[n].object);
    }
    return true;
  }
};

} // namespace

Stages stagesOf(const kernel::Kernel &kernel, const std::vector<bool> &known) { return Cutter(kernel, known).cut(); }

} // namespace snn::codegen
