// Functions for 64 cells at once: the loops into which Stages.h cuts a body hand values on in arrays of 64, which stay in the
// first cache; all calls of one function between two loops stand in one array. The numbers are the same as one by one.
#include "compiler/codegen/llvm/Body.h"

#include <algorithm>
#include <set>

namespace snn::codegen {

using kernel::Op;

namespace {

/// Read again from memory instead of being kept.
bool isCheap(const kernel::Kernel &kernel, const std::vector<llvm::Value *> &known, size_t n) {
  const kernel::Instr &i = kernel.body[n];
  return i.op == Op::I || (i.op == Op::Load && (known[i.index] || kernel.body[i.index].op == Op::I));
}

} // namespace

void Body::findStages() {
  std::vector<bool> known;
  for (const llvm::Value *v : uniform)
    known.push_back(v != nullptr);
  stages = stagesOf(kernel, known);
  if (!stages.last)
    return;
  findBatches();
  fetched.resize(stages.last + 1);
  for (size_t n = 0; n < kernel.body.size(); ++n)
    if (!uniform[n])
      findFetched(n);
}

bool Body::isCall(size_t n) const { return stages.last && kernel::isFunction(kernel.body[n].op) && !uniform[n]; }

llvm::AllocaInst *Body::cellArray(llvm::Type *type, size_t values, const char *name) {
  auto *array = entry.CreateAlloca(llvm::ArrayType::get(type, 64 * values), nullptr, name);
  array->setAlignment(llvm::Align(64));
  return array;
}

void Body::findBatches() {
  for (size_t n = 0; n < kernel.body.size(); ++n) {
    if (!isCall(n))
      continue;
    const kernel::Instr &i = kernel.body[n];
    const auto same = [&](const Batch &batch) {
      return batch.stage == stages.of[n] && kernel.body[batch.calls[0]].op == i.op && batch.type == type(i.type);
    };
    auto batch = std::ranges::find_if(batches, same);
    if (batch == batches.end())
      batch = batches.insert(batch, Batch{stages.of[n], type(i.type), {}, nullptr, nullptr});
    batch->calls.push_back(n);
  }
  for (Batch &batch : batches) {
    batch.first = cellArray(batch.type, batch.calls.size(), "calls");
    if (kernel.body[batch.calls[0]].b != kernel::noValue)
      batch.second = cellArray(batch.type, batch.calls.size(), "seconds");
    for (size_t k = 0; k < batch.calls.size(); ++k)
      kept[batch.calls[k]] = entry.CreateConstInBoundsGEP1_64(batch.type, batch.first, 64 * k);
  }
}

/// Notes which operands of instruction n come from earlier stages.
void Body::findFetched(size_t n) {
  const kernel::Instr &i = kernel.body[n];
  std::set<kernel::ValueId> &here = fetched[stages.of[n]];
  for (kernel::ValueId v : {i.a, i.b, i.c, i.index, i.predicate}) {
    if (v == kernel::noValue || uniform[v] || (stages.of[v] == stages.of[n] && !isCall(v)))
      continue;
    here.insert(v);
    if (!isCheap(kernel, uniform, v)) {
      if (llvm::Value *&array = kept[v]; !array)
        array = cellArray(keptType(v), 1, "kept");
    } else if (const kernel::ValueId index = kernel.body[v].index; index != kernel::noValue && !uniform[index]) {
      here.insert(index);
    }
  }
}

llvm::Type *Body::keptType(size_t n) const {
  llvm::Type *t = type(kernel.body[n].type);
  return t->isIntegerTy(1) ? entry.getInt8Ty() : t;
}

llvm::Value *Body::emitStage(Builder &at, const Place &where, uint32_t stage) {
  b = &at;
  place = &where;
  failed = nullptr;
  checked.clear();
  values = uniform;
  for (kernel::ValueId v : fetched[stage])
    values[v] = isCheap(kernel, uniform, v) ? one(kernel.body[v])
                                            : convert(at, memory.local(at, keptType(v), kept.at(v), where.lane), type(typeOf(v)));
  for (size_t n = 0; n < kernel.body.size(); ++n) {
    if (uniform[n] || isCall(n) || stages.of[n] != stage || values[n])
      continue;
    values[n] = one(kernel.body[n]);
    if (const auto array = kept.find(n); array != kept.end())
      memory.storeLocal(at, convert(at, values[n], keptType(n)), array->second, where.lane);
  }
  for (const Batch &batch : batches)
    if (batch.stage == stage)
      storeArguments(at, batch, where.lane);
  return failed;
}

void Body::storeArguments(Builder &at, const Batch &batch, llvm::Value *lane) {
  for (size_t k = 0; k < batch.calls.size(); ++k) {
    const kernel::Instr &i = kernel.body[batch.calls[k]];
    llvm::Value *slot = at.CreateNSWAdd(lane, at.getInt64(64 * k));
    memory.storeLocal(at, convert(at, value(i.a), batch.type), batch.first, slot);
    if (batch.second)
      memory.storeLocal(at, convert(at, value(i.b), batch.type), batch.second, slot);
  }
}

void Body::emitCall(Builder &at, const Batch &batch, llvm::Value *k) {
  std::vector<llvm::Value *> arguments{memory.local(at, batch.type, batch.first, k)};
  if (batch.second)
    arguments.push_back(memory.local(at, batch.type, batch.second, k));
  const std::string name = deviceName(kernel::spelling(kernel.body[batch.calls[0]].op).data(), batch.type);
  memory.storeLocal(at, callDevice(at, name, batch.type, arguments), batch.first, k);
}

} // namespace snn::codegen
