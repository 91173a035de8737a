// By LLVM's implementation.
#include "compiler/driver/Sha256.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/SHA256.h>

namespace snn::driver {

std::string sha256(std::string_view text) {
  llvm::SHA256 hash;
  hash.update(llvm::StringRef(text.data(), text.size()));
  const auto digest = hash.final();
  return llvm::toHex(llvm::ArrayRef(digest.data(), digest.size()), true);
}

} // namespace snn::driver
