// NVRTC, NVIDIA's run-time compiler of CUDA C++, loaded when it is asked for: from the toolkit, from a folder that
// LD_LIBRARY_PATH names, or the file that SNN_NVRTC_LIBRARY names (PyPI's nvidia-cuda-nvrtc has one).
#pragma once

#include "runtime/core/Status.h"
#include "runtime/exec/cuda/DeviceText.h"

#include <span>
#include <string>
#include <vector>

namespace snn::rt::cuda {

enum class Binary : uint8_t { Cubin, Ptx };

class Nvrtc {
public:
  /// Errors (ExitCode::usage): it is not found, or an older major version.
  static Result<Nvrtc> open();
  /// "13.0"
  const std::string &version() const { return versionText; }
  /// The options that a text is compiled with for "sm_90"; they say that nothing is contracted, flushed or approximated.
  static std::vector<std::string> options(const std::string &architecture, Binary binary);
  /// Compiles a text that includes the device library. A failure is a mistake of ours: the message says what NVRTC said.
  Result<std::string> compile(const std::string &source, const std::string &architecture, Binary binary) const;

private:
  using Program = struct OpaqueProgram *;
  struct Api {
    int (*version)(int *major, int *minor);
    const char *(*errorString)(int code);
    int (*create)(Program *program, const char *source, const char *name, int headers, const char *const *texts, const char *const *names);
    int (*compile)(Program program, int options, const char *const *list);
    int (*logSize)(Program program, size_t *size);
    int (*log)(Program program, char *text);
    int (*cubinSize)(Program program, size_t *size);
    int (*cubin)(Program program, char *bytes);
    int (*ptxSize)(Program program, size_t *size);
    int (*ptx)(Program program, char *bytes);
    int (*destroy)(Program *program);
  } api{};
  std::string versionText;

  Nvrtc() = default;
  std::string logOf(Program program) const;
};

} // namespace snn::rt::cuda
