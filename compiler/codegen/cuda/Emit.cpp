// The text of a program: a class and a function for each piece of code that commands of the step share.
#include "compiler/codegen/cuda/Emit.h"

#include "compiler/codegen/cuda/Body.h"
#include "compiler/codegen/cuda/Names.h"

#include <fmt/format.h>

namespace snn::codegen::cuda {

namespace {

std::string loopCall(abi::CudaLoop loop, const std::string &symbol) {
  switch (loop) {
  case abi::CudaLoop::None: return {};
  case abi::CudaLoop::Once: return fmt::format("once<{}_body>(control, calls)", symbol);
  case abi::CudaLoop::Cells: return fmt::format("overCells<{}_body>(control, calls)", symbol);
  case abi::CudaLoop::Events: return fmt::format("overEvents<{}_body>(control, calls)", symbol);
  case abi::CudaLoop::Arriving: return fmt::format("overArrivals<{}_body>(control, calls)", symbol);
  case abi::CudaLoop::Rows: return fmt::format("overRows<{}_body>(control, calls)", symbol);
  case abi::CudaLoop::Targets: return fmt::format("overTargets<{}_body>(control, calls, owners)", symbol);
  case abi::CudaLoop::Columns: return fmt::format("overColumns<{}_body>(control, calls)", symbol);
  case abi::CudaLoop::ColumnsInOrder: return fmt::format("overColumnsInOrder<{}_body>(control, calls)", symbol);
  }
  return {};
}

/// "For: exc.update, inh.update": whose code it is.
std::string users(const kernel::Program &program, const std::vector<uint32_t> &code, uint32_t first) {
  constexpr int most = 4;
  std::string out;
  int count = 0;
  for (uint32_t k = 0; k < code.size(); ++k)
    if (code[k] == first && ++count <= most)
      out += (out.empty() ? "" : ", ") + mangled(program.kernels[k].name);
  return count > most ? out + fmt::format(" and {} more", count - most) : out;
}

std::vector<abi::CudaObject> kindsOf(const kernel::Kernel &kernel) {
  std::vector<abi::CudaObject> out;
  for (const kernel::Object &object : kernel::objectsOf(kernel))
    out.push_back(object.kind == kernel::ObjectKind::Buffer   ? abi::CudaObject::Buffer
                  : object.kind == kernel::ObjectKind::Scalar ? abi::CudaObject::Scalar
                                                              : abi::CudaObject::Stream);
  return out;
}

/// Places of the buffers that the code adds to and does nothing else with.
std::vector<uint32_t> addedOnly(const kernel::Kernel &kernel) {
  std::vector<uint32_t> out;
  const std::vector<kernel::Object> objects = kernel::objectsOf(kernel);
  for (uint32_t place = 0; place < objects.size(); ++place) {
    bool added = false, otherwise = false;
    for (const kernel::Instr &i : kernel.body)
      if (kernel::objectKind(i.op) == objects[place].kind && i.object == objects[place].number)
        (i.op == kernel::Op::Accumulate ? added : otherwise) = true;
    if (added && !otherwise)
      out.push_back(place);
  }
  return out;
}

/// Code that can be evaluated twice: it adds once, to one variable of the run's precision, and changes nothing else.
bool canPush(const kernel::Program &program, const kernel::Kernel &kernel) {
  if (kernel.space != abi::Space::RowEdges || loopOf(program, kernel) != abi::CudaLoop::Targets)
    return false;
  int adds = 0;
  for (const kernel::Instr &i : kernel.body) {
    if (i.op == kernel::Op::Store)
      return false;
    if (i.op == kernel::Op::Accumulate)
      adds += program.tables.buffers[i.object].elem == abi::Elem::Real ? 1 : 2;
  }
  return adds == 1;
}

class Emitter {
public:
  Emitter(const kernel::Program &p, const Where &w) : program(p), where(w), code(kernel::sharedCode(p)) {}

  Output run() {
    out.program.kernels.resize(program.kernels.size());
    for (const abi::Command &command : program.tables.step)
      if (command.kernel != abi::none && command.way != abi::PostWay::Deferred && !program.kernels[command.kernel].body.empty() && out.program.kernels[command.kernel].symbol.empty())
        kernelOf(command.kernel);
    if (out.refusals.empty())
      out.program.source = text;
    return std::move(out);
  }

private:
  const kernel::Program &program;
  const Where &where;
  const std::vector<uint32_t> code;
  std::string text;
  Output out;

  void kernelOf(uint32_t number) {
    abi::CudaKernel &mine = out.program.kernels[number], &first = out.program.kernels[code[number]];
    if (first.symbol.empty()) {
      const kernel::Kernel &kernel = program.kernels[code[number]];
      first = {fmt::format("k{}_{}", code[number], mangled(kernel.name)), loopOf(program, kernel), canPush(program, kernel), kindsOf(kernel), addedOnly(kernel)};
      write(kernel, first);
    }
    mine = first;
  }

  void write(const kernel::Kernel &kernel, const abi::CudaKernel &known) {
    Body body(program, kernel, known.symbol, where);
    const std::string written = body.text();
    out.refusals.insert(out.refusals.end(), body.refusals().begin(), body.refusals().end());
    text += fmt::format("\n// {}{}: {}.\n{}", users(program, code, static_cast<uint32_t>(&kernel - program.kernels.data())), connectLine(kernel),
                        remark(kernel.comment), written);
    const bool cells = known.loop == abi::CudaLoop::Cells, arriving = known.loop == abi::CudaLoop::Arriving;
    function(cells ? "256, 3" : arriving ? "128, 6" : "128, 5", known.symbol, loopCall(known.loop, known.symbol));
    if (known.pushes)
      function("128, 6", known.symbol + "_push", fmt::format("pushArrivals<{}_body>(control, calls, owners)", known.symbol));
  }

  /// " (model_snn line 12)" of the connect statement that a kernel over edges belongs to.
  std::string connectLine(const kernel::Kernel &kernel) const {
    const bool cells = kernel.space == abi::Space::Cells || kernel.space == abi::Space::Once;
    if (cells || kernel.object >= program.tables.projections.size())
      return {};
    const std::string line = lineOf(program.tables.groups[program.tables.projections[kernel.object].group].place);
    return line.empty() ? line : fmt::format(" ({})", line);
  }

  /// `bounds`: threads of a block, and blocks that share a multiprocessor's registers.
  void function(const std::string &bounds, const std::string &symbol, const std::string &call) {
    text += fmt::format("extern \"C\" __global__ void __launch_bounds__({}) {}(Control *control, const Call *calls, const Owners *owners) {{\n  {};\n}}\n", bounds, symbol, call);
  }
};

} // namespace

Output emit(const kernel::Program &program, const Where &where) { return Emitter(program, where).run(); }

} // namespace snn::codegen::cuda
