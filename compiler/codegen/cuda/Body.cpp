// The class of a kernel: members, constructor, memory, and what a device cannot do.
#include "compiler/codegen/cuda/Body.h"

#include "compiler/codegen/cuda/Names.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace snn::codegen::cuda {

using kernel::Instr;
using kernel::ObjectKind;
using kernel::Op;
using kernel::Type;
using kernel::ValueId;

namespace {

bool isReal(abi::Elem elem) { return elem == abi::Elem::Real || elem == abi::Elem::F64; }

bool overEdges(abi::Space space) {
  return space == abi::Space::RowEdges || space == abi::Space::Edges || space == abi::Space::ColumnEdges;
}

/// In float64 a device computes slowly: what is the same for all elements and needs it, as what is made of time alone does, is computed
/// once for each thread, with all that it is made of. The rest NVRTC takes out of the loop, or keeps in it where registers are few.
std::vector<bool> earlyValues(const kernel::Kernel &kernel) {
  const std::vector<bool> same = kernel::uniformValues(kernel);
  std::vector<bool> early(kernel.body.size(), false);
  for (size_t n = kernel.body.size(); n-- > 0;) {
    const Instr &i = kernel.body[n];
    early[n] = same[n] && (early[n] || i.type == Type::F64);
    for (const ValueId operand : {i.a, i.b, i.c})
      if (early[n] && operand != kernel::noValue)
        early[operand] = true;
  }
  return early;
}

} // namespace

abi::CudaLoop loopOf(const kernel::Program &program, const kernel::Kernel &kernel) {
  const bool sums = std::ranges::any_of(kernel.body, [&](const Instr &i) {
    return i.op == Op::Accumulate && isReal(program.tables.buffers[i.object].elem);
  });
  switch (kernel.space) {
  case abi::Space::Once: return abi::CudaLoop::Once;
  case abi::Space::Cells: return abi::CudaLoop::Cells;
  case abi::Space::EventCells: return abi::CudaLoop::Events;
  case abi::Space::RowEdges: return sums ? abi::CudaLoop::Targets : abi::CudaLoop::Arriving;
  case abi::Space::Edges: return sums ? abi::CudaLoop::Targets : abi::CudaLoop::Rows;
  case abi::Space::ColumnEdges: return sums ? abi::CudaLoop::ColumnsInOrder : abi::CudaLoop::Columns;
  case abi::Space::Pairs: // construction
  case abi::Space::Moments:
  case abi::Space::ReplayedEdges: // deferred `on post`: a device does it at once
    return abi::CudaLoop::None;
  }
  return abi::CudaLoop::None;
}

Body::Body(const kernel::Program &p, const kernel::Kernel &k, std::string n, const Where &w)
    : program(p), kernel(k), name(std::move(n)), where(w), loop(loopOf(p, k)), objects(kernel::objectsOf(k)), early(earlyValues(k)) {}

std::string Body::typeName(Type type) const {
  switch (type) {
  case Type::Real: return kernel.doublePrecision ? "double" : "real";
  case Type::F64: return "double";
  case Type::I32: return "int32_t";
  case Type::I64: return "int64_t";
  case Type::Bool: return "bool";
  case Type::None: break;
  }
  return "void";
}

std::string Body::elementName(abi::Elem elem) const {
  switch (elem) {
  case abi::Elem::Real: return "real";
  case abi::Elem::F64: return "double";
  case abi::Elem::I32: return "int32_t";
  case abi::Elem::I64: return "int64_t";
  case abi::Elem::U8: return "uint8_t";
  }
  return "void";
}

std::string Body::value(ValueId id) const { return fmt::format("v{}", id); }

std::string Body::converted(const std::string &text, const std::string &from, const std::string &to) const {
  return from == to ? text : fmt::format("to<{}>({})", to, text);
}

std::string Body::as(ValueId id, Type type) const { return converted(value(id), typeName(kernel.body[id].type), typeName(type)); }

size_t Body::placeOf(const Instr &instr) const {
  return static_cast<size_t>(std::ranges::find(objects, kernel::Object{kernel::objectKind(instr.op), instr.object}) - objects.begin());
}

/// The member that holds the pointer to a buffer, or the number of a stream.
std::string Body::member(const Instr &instr) const {
  const size_t place = placeOf(instr);
  return kernel::objectKind(instr.op) == ObjectKind::Stream
             ? fmt::format("stream{}", place)
             : fmt::format("b{}_{}", place, mangled(program.tables.buffers[instr.object].name));
}

void Body::field(const std::string &type, const std::string &called, const std::string &start) {
  fields.push_back(fmt::format("  const {} {};\n", type, called));
  starts.push_back(fmt::format("{}({})", called, start));
}

/// A member that launches may change.
void Body::prepared(const std::string &type, const std::string &called, const std::string &value) {
  fields.push_back(fmt::format("  {} {};\n", type, called));
  preparation += fmt::format("    {} = {};\n", called, value);
}

/// Members for all buffers, uniform values and streams that the kernel names.
void Body::bind() {
  for (size_t place = 0; place < objects.size(); ++place) {
    const kernel::Object &object = objects[place];
    if (object.kind == ObjectKind::Stream)
      field("uint32_t", fmt::format("stream{}", place), fmt::format("uint32_t(call.bound[{}])", place));
    if (object.kind == ObjectKind::Scalar)
      field("double *", fmt::format("uniform{}", place), fmt::format("reinterpret_cast<const double *>(call.bound[{}])", place));
    if (object.kind != ObjectKind::Buffer)
      continue;
    const abi::Buffer &buffer = program.tables.buffers[object.number];
    const bool read = std::ranges::none_of(kernel.body, [&](const Instr &i) {
      return (i.op == Op::Store || i.op == Op::Accumulate) && i.object == object.number;
    });
    const std::string pointer = fmt::format("{}{} *", read ? "const " : "", elementName(buffer.elem));
    const std::string called = fmt::format("b{}_{}", place, mangled(buffer.name));
    fields.push_back(fmt::format("  {}const {};\n", pointer, called));
    starts.push_back(fmt::format("{}(reinterpret_cast<{}>(call.bound[{}]))", called, pointer, place));
  }
}

/// Not const: to know whether a const bool or integer is a constant expression, NVRTC evaluates what it is made of, and what that is made
/// of, each as often as it is named.
void Body::define(ValueId id, const std::string &expression) {
  if (early[id])
    return prepared(typeName(kernel.body[id].type), value(id), expression);
  line(fmt::format("{} {} = {};", typeName(kernel.body[id].type), value(id), expression));
}

/// A comment where the model's line changes.
void Body::note(const Instr &instr) {
  const std::string place = instr.range.valid() ? lineOf(where(instr.range)) : std::string();
  if (!place.empty() && place != lastPlace)
    line("// " + place);
  lastPlace = place.empty() ? lastPlace : place;
}

/// What is the same for all elements becomes a member.
bool Body::uniform(ValueId id) {
  const Instr &i = kernel.body[id];
  std::string start;
  switch (i.op) {
  case Op::ScalarValue:
    start = converted(fmt::format("*uniform{}", placeOf(i)), "double", typeName(i.type));
    break;
  case Op::Dt: start = converted("control.dt", "double", typeName(i.type)); break;
  case Op::StepNumber: start = converted("control.step", "int64_t", typeName(i.type)); break;
  case Op::Time: start = converted("(double(control.step) * control.dt)", "double", typeName(i.type)); break;
  default: return false;
  }
  prepared(typeName(i.type), value(id), start);
  return true;
}

/// Elements are computed side by side: each may change only what is its own.
void Body::checkIndex(const Instr &instr) {
  const abi::Buffer &buffer = program.tables.buffers[instr.object];
  const Op at = kernel.body[instr.index].op;
  if (kernel.space == abi::Space::Once || buffer.extent == abi::Extent::Ring) // each cell has its own place in a ring's slots
    return;
  if (instr.op == Op::Store ? at != (overEdges(kernel.space) ? Op::Edge : Op::I)
                            : at != (overEdges(kernel.space) ? Op::Tgt : Op::I))
    refuse(instr, fmt::format("a CUDA device computes all {} at once, and each of them would change {}",
                              overEdges(kernel.space) ? "edges" : "cells", buffer.name));
  if (instr.op != Op::Accumulate)
    return;
  for (const Instr &other : kernel.body)
    if (other.op == Op::Load && other.object == instr.object && overEdges(kernel.space))
      refuse(other, fmt::format("a CUDA device adds up what arrives at {} later than it is read here", buffer.name));
}

/// All stores that wait, if one of them is to this buffer, which is used next.
void Body::writeStores(uint32_t buffer) {
  if (std::ranges::any_of(stores, [&](const Waiting &store) { return store.buffer == buffer; }))
    writeStores();
}

void Body::writeStores() {
  std::ranges::stable_partition(stores, [](const Waiting &store) { return !store.constant; });
  for (const Waiting &store : std::exchange(stores, {}))
    lines += store.text;
}

void Body::load(ValueId id) {
  const Instr &i = kernel.body[id];
  writeStores(i.object);
  const abi::Elem elem = program.tables.buffers[i.object].elem;
  const std::string element = fmt::format("{}[{}]", member(i), value(i.index));
  define(id, elem == abi::Elem::U8 ? converted(element + " != 0", "bool", typeName(i.type)) : converted(element, elementName(elem), typeName(i.type)));
}

void Body::store(const Instr &i) {
  checkIndex(i);
  const abi::Buffer &buffer = program.tables.buffers[i.object];
  const std::string to = fmt::format("{}[{}]", member(i), value(i.index));
  std::string stored = buffer.elem == abi::Elem::U8 ? as(i.a, Type::Bool) : converted(value(i.a), typeName(kernel.body[i.a].type), elementName(buffer.elem));
  if (i.predicate != kernel::noValue)
    stored = fmt::format("{} ? {} : {}", value(i.predicate), stored, to);
  writeStores(i.object);
  std::string text = fmt::format("    {} = {};\n", to, stored);
  if (kernel.space == abi::Space::Cells && buffer.finiteCheck && isReal(buffer.elem))
    text += fmt::format("    checks.state({});\n", to);
  const Op made = kernel.body[i.a].op;
  stores.push_back({i.object, text, i.predicate == kernel::noValue && (made == Op::Const || made == Op::ConstInt)});
}

void Body::accumulate(const Instr &i) {
  checkIndex(i);
  writeStores(i.object);
  const abi::Buffer &buffer = program.tables.buffers[i.object];
  const std::string added = converted(value(i.a), typeName(kernel.body[i.a].type), elementName(buffer.elem)), at = value(i.index);
  const std::string when = i.predicate == kernel::noValue ? std::string() : fmt::format("if ({}) ", value(i.predicate));
  if (!overEdges(kernel.space)) {
    line(fmt::format("{0}{1}[{2}] = {1}[{2}] + {3};", when, member(i), at, added));
  } else if (isReal(buffer.elem)) {
    const auto same = std::ranges::find(sums, member(i), &Sum::member);
    Sum &sum = same != sums.end() ? *same : sums.emplace_back(Sum{member(i), 0});
    line(fmt::format("{}sink.template add<{}, {}>({} + {}, {}, {});", when, &sum - sums.data(), sum.adds++, member(i), at, at, added));
    sumsInDouble |= buffer.elem == abi::Elem::F64;
  } else if (buffer.elem == abi::Elem::I32) { // integers wrap: their order does not matter
    line(fmt::format("{}atomicAdd({} + {}, {});", when, member(i), at, added));
  } else {
    line(fmt::format("{}atomicAdd(reinterpret_cast<unsigned long long *>({} + {}), static_cast<unsigned long long>({}));", when, member(i), at, added));
  }
}

/// Fetches what a cell loads of its own. Where most of the time is arithmetic, doing so for the next cell gains nothing and costs instructions.
std::string Body::ahead() const {
  constexpr size_t most = 30; // operations for a variable: about half of what a multiprocessor does while the memory moves one
  std::string out;
  std::set<uint32_t> fetched;
  for (const Instr &i : kernel.body)
    if (i.op == Op::Load && kernel.body[i.index].op == Op::I && fetched.insert(i.object).second)
      out += fmt::format("    fetchAhead({} + cell);\n", member(i));
  const uint32_t operations = program.tables.kernels[static_cast<size_t>(&kernel - program.kernels.data())].operations;
  return fmt::format("  static constexpr bool fetchesNext = {};\n  SNN_DEV void ahead(int64_t cell) const {{\n{}  }}\n", operations <= most * fetched.size(), out);
}

std::string Body::text() {
  bind();
  if (std::ranges::any_of(kernel.body, [](const Instr &i) { return i.op >= Op::DrawUniform; })) {
    prepared("uint64_t", "seed", "control.seed");
    prepared("uint64_t", "step", "uint64_t(control.step)");
  }
  for (ValueId id = 0; id < kernel.body.size(); ++id)
    if (!uniform(id))
      one(id);
  writeStores();
  std::string out = fmt::format("struct {}_body {{\n", name);
  for (const std::string &member : fields)
    out += member;
  const int adds = sums.empty() ? 0 : std::ranges::max_element(sums, {}, &Sum::adds)->adds;
  out += fmt::format("  static constexpr int sums = {}, adds = {};\n  using Sum = {};\n", sums.size(), adds, sumsInDouble ? "double" : "real");
  out += fmt::format("  SNN_DEV explicit {}_body(const Call &call){}{} {{}}\n", name, starts.empty() ? "" : "\n      : ", fmt::join(starts, ",\n        "));
  out += fmt::format("  SNN_DEV void prepare(const Control &control) {{\n{}  }}\n", preparation);
  if (!sums.empty()) {
    out += "  template <int Which> SNN_DEV auto *sum() const {\n";
    for (size_t k = 0; k < sums.size(); ++k)
      out += fmt::format("    if constexpr (Which == {})\n      return {};\n", k, sums[k].member);
    out += "  }\n";
  }
  if (kernel.space == abi::Space::Cells)
    out += ahead();
  out += "  template <class Sink> SNN_DEV void at(const Place &place, const Sink &sink, Checks &checks) const {\n" + lines + "  }\n};\n";
  return out;
}

} // namespace snn::codegen::cuda
