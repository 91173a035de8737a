// Loads and stores of kernels with their alias scopes.
#include "compiler/codegen/llvm/Memory.h"

#include <algorithm>
#include <set>

namespace snn::codegen {

namespace {

constexpr uint32_t tableScope = 0xfffffff0u, scalarScope = 0xfffffff1u, pairScope = 0xfffffff2u, localScope = 0xfffffff3u;

} // namespace

Memory::Memory(ModuleContext &c, const kernel::Kernel &k, llvm::Value *a) : context(c), kernel(k), args(a), objects(kernel::objectsOf(k)) {
  makeScopes();
}

void Memory::makeScopes() {
  std::set<uint32_t> numbers{tableScope, scalarScope, pairScope, localScope};
  for (const kernel::Object &object : objects)
    if (object.kind == kernel::ObjectKind::Buffer)
      numbers.insert(object.number);
  llvm::MDBuilder metadata(context.context);
  for (uint32_t number : numbers) {
    const std::string name = number < context.program.tables.buffers.size()
                                 ? context.program.tables.buffers[number].name
                             : number == tableScope ? "tables"
                             : number == scalarScope ? "scalars"
                             : number == pairScope   ? "pair_output" : "local";
    scopes[number] = metadata.createAnonymousAliasScope(context.domain, name);
  }
  for (uint32_t number : numbers) {
    llvm::SmallVector<llvm::Metadata *> rest;
    for (const auto &[other, scope] : scopes)
      if (other != number)
        rest.push_back(scope);
    others[number] = llvm::MDNode::get(context.context, rest);
  }
  for (auto &[number, scope] : scopes)
    scope = llvm::MDNode::get(context.context, {scope});
}

template <class I> I *Memory::inScope(I *instruction, uint32_t number) {
  instruction->setMetadata(llvm::LLVMContext::MD_alias_scope, scopes.at(number));
  instruction->setMetadata(llvm::LLVMContext::MD_noalias, others.at(number));
  return instruction;
}

llvm::Value *Memory::field(Builder &entry, Field which) {
  llvm::Value *at = entry.CreateStructGEP(context.argsType, args, which);
  return inScope(entry.CreateLoad(context.argsType->getElementType(which), at), tableScope);
}

llvm::Value *Memory::edgeField(Builder &entry, EdgeField which) {
  if (!edges)
    edges = field(entry, Edges);
  llvm::Value *at = entry.CreateStructGEP(context.edgesType, edges, which);
  return inScope(entry.CreateLoad(context.edgesType->getElementType(which), at), tableScope);
}

llvm::Value *Memory::table(Builder &at, llvm::Type *type, llvm::Value *pointer, llvm::Value *index, const char *name) {
  llvm::LoadInst *value = at.CreateLoad(type, at.CreateInBoundsGEP(type, pointer, index), name);
  return inScope(value, tableScope);
}

llvm::Value *Memory::local(Builder &at, llvm::Type *type, llvm::Value *pointer, llvm::Value *index) {
  return inScope(at.CreateLoad(type, at.CreateInBoundsGEP(type, pointer, index)), localScope);
}

void Memory::storeLocal(Builder &at, llvm::Value *value, llvm::Value *pointer, llvm::Value *index) {
  inScope(at.CreateStore(value, at.CreateInBoundsGEP(value->getType(), pointer, index)), localScope);
}

void Memory::load(Builder &entry) {
  llvm::Type *pointer = entry.getPtrTy();
  objectNumbers = field(entry, Objects);
  llvm::Value *buffers = field(entry, Buffers);
  const auto aligned = llvm::MDNode::get(
      context.context, llvm::ConstantAsMetadata::get(entry.getInt64(64)));
  for (const kernel::Object &object : objects) {
    if (object.kind != kernel::ObjectKind::Buffer)
      continue;
    auto *slot = entry.CreateInBoundsGEP(pointer, buffers, number(entry, object));
    auto *value = entry.CreateLoad(pointer, slot, context.program.tables.buffers[object.number].name);
    value->setMetadata(llvm::LLVMContext::MD_align, aligned);
    pointers[object.number] = inScope(value, tableScope);
  }
  scalars = field(entry, Scalars);
  pairOutput = field(entry, PairOutput);
}

llvm::Value *Memory::number(Builder &at, kernel::Object object) {
  const auto place = std::ranges::find(objects, object) - objects.begin();
  auto *value = at.CreateLoad(at.getInt32Ty(), at.CreateConstInBoundsGEP1_64(at.getInt32Ty(), objectNumbers, static_cast<uint64_t>(place)));
  value->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context.context, {}));
  return at.CreateZExt(inScope(value, tableScope), at.getInt64Ty());
}

llvm::Value *Memory::stream(Builder &entry, uint32_t which) {
  return entry.CreateTrunc(number(entry, {kernel::ObjectKind::Stream, which}), entry.getInt32Ty());
}

llvm::Value *Memory::address(Builder &at, uint32_t buffer, llvm::Value *index) {
  llvm::Type *type = context.element(context.program.tables.buffers[buffer].elem);
  return at.CreateInBoundsGEP(type, pointers.at(buffer), index);
}

std::vector<llvm::Value *> Memory::edgeBuffers(Builder &at, llvm::Value *edge) {
  std::vector<llvm::Value *> out;
  for (const auto &[buffer, pointer] : pointers)
    if (context.program.tables.buffers[buffer].extent == abi::Extent::Edges)
      out.push_back(address(at, buffer, edge));
  return out;
}

llvm::Value *Memory::loadElement(Builder &at, uint32_t buffer, llvm::Value *index) {
  llvm::Type *type = context.element(context.program.tables.buffers[buffer].elem);
  return inScope(at.CreateLoad(type, address(at, buffer, index)), buffer);
}

void Memory::storeElement(Builder &at, uint32_t buffer, llvm::Value *index, llvm::Value *value) {
  inScope(at.CreateStore(value, address(at, buffer, index)), buffer);
}

llvm::Value *Memory::loadScalar(Builder &at, uint32_t scalar, bool invariant) {
  auto *slot = at.CreateInBoundsGEP(at.getDoubleTy(), scalars, number(at, {kernel::ObjectKind::Scalar, scalar}));
  llvm::LoadInst *value = at.CreateLoad(at.getDoubleTy(), slot, context.program.tables.scalars[scalar].name);
  if (invariant)
    value->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context.context, {}));
  return inScope(value, scalarScope);
}

void Memory::storeScalar(Builder &at, uint32_t scalar, llvm::Value *value) {
  auto *slot = at.CreateInBoundsGEP(at.getDoubleTy(), scalars, number(at, {kernel::ObjectKind::Scalar, scalar}));
  inScope(at.CreateStore(value, slot), scalarScope);
}

void Memory::storePair(Builder &at, llvm::Value *index, llvm::Value *value) {
  inScope(at.CreateStore(value, at.CreateInBoundsGEP(value->getType(), pairOutput, index)), pairScope);
}

} // namespace snn::codegen
