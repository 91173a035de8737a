// ORC LLJIT without process symbols, one resource tracker a model.
#include "compiler/codegen/jit/Jit.h"

#include "compiler/codegen/llvm/Target.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/MemoryBuffer.h>

#include <cstring>

namespace snn::codegen::jit {

namespace orc = llvm::orc;

struct Code::Impl {
  std::unique_ptr<orc::LLJIT> jit;
  orc::ResourceTrackerSP tracker;
  std::vector<snn_kernel_set> sets;
  std::string image;
  snn_model model{};
  std::string causes; ///< what ORC reports beside the error that it returns, such as the names of missing symbols
};

namespace {

/// The allow-list; everything else is "symbol not found".
orc::SymbolMap runtimeSymbols(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
#define RUNTIME_SYMBOL(NAME)                                                                                           \
  symbols[jit.mangleAndIntern(#NAME)] = {orc::ExecutorAddr::fromPtr(reinterpret_cast<void *>(&::NAME)),                \
                                         llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
#include "runtime/abi/RuntimeSymbols.def"
#undef RUNTIME_SYMBOL
  return symbols;
}

} // namespace

Code::Code(std::unique_ptr<Impl> i) : impl(std::move(i)) {}

Code::~Code() {
  if (impl->tracker)
    llvm::consumeError(impl->tracker->remove());
}

llvm::Expected<std::unique_ptr<Code>> Code::create() {
  if (hostCpuLevel() == 0)
    return llvm::createStringError("this CPU has no AVX2 and FMA: kernels need x86-64-v3 (processors from 2013 on)");
  initialiseTarget();
  auto impl = std::make_unique<Impl>();
  orc::JITTargetMachineBuilder target(llvm::Triple("x86_64-unknown-linux-gnu"));
  target.setRelocationModel(llvm::Reloc::PIC_);
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(target))
                 .setLinkProcessSymbolsByDefault(false)
                 .setPlatformSetUp(orc::setUpInactivePlatform)
                 .create();
  if (!jit)
    return jit.takeError();
  impl->jit = std::move(*jit);
  impl->jit->getExecutionSession().setErrorReporter(
      [&causes = impl->causes](llvm::Error error) { causes += llvm::toString(std::move(error)) + "; "; });
  orc::JITDylib &main = impl->jit->getMainJITDylib();
  if (auto error = main.define(orc::absoluteSymbols(runtimeSymbols(*impl->jit))))
    return error;
  impl->tracker = main.createResourceTracker();
  return std::unique_ptr<Code>(new Code(std::move(impl)));
}

llvm::Error Code::load(const std::string &object, const KernelSet &set) {
  const std::string table = tableName(set.experiment, set.options);
  if (auto error = impl->jit->addObjectFile(impl->tracker, llvm::MemoryBuffer::getMemBufferCopy(object, table)))
    return error;
  impl->causes.clear();
  auto address = impl->jit->lookup(table);
  if (!address)
    return llvm::createStringError(impl->causes + llvm::toString(address.takeError()));
  const uint32_t level = set.options.cpu == Cpu::Host ? hostCpuLevel() : static_cast<uint32_t>(set.options.cpu);
  impl->sets.push_back({level, set.options.doublePrecision ? 8u : 4u, set.experiment, set.count,
                        address->toPtr<const snn_kernel_fn *>()});
  return llvm::Error::success();
}

const std::vector<snn_kernel_set> &Code::sets() const { return impl->sets; }

const snn_model &Code::model(std::string image) {
  impl->image = std::move(image);
  impl->model = {SNN_ABI_MAJOR, SNN_ABI_MINOR, reinterpret_cast<const uint8_t *>(impl->image.data()), impl->image.size(),
                 static_cast<uint32_t>(impl->sets.size()), impl->sets.data()};
  return impl->model;
}

} // namespace snn::codegen::jit
