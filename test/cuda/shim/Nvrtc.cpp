// NVRTC by the compiler of the host: a "cubin" is a shared library. Options that would change bits are refused.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

enum Code { success = 0, invalidOption = 5, compilation = 6 };

struct Program {
  std::string source, log, code;
  std::vector<std::pair<std::string, std::string>> headers;
};

void put(const std::filesystem::path &path, const std::string &text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string get(const std::filesystem::path &path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string ownPath() {
  Dl_info info{};
  dladdr(reinterpret_cast<void *>(&ownPath), &info);
  return info.dli_fname;
}

int build(Program &program, const std::filesystem::path &folder) {
  for (const auto &[path, text] : program.headers)
    put(folder / path, text);
  put(folder / "model.cpp", program.source);
  const std::string command = "cd " + folder.string() + " && " SNN_SHIM_CXX " -std=c++20 -O1 -march=x86-64-v3 -ffp-contract=off -fno-strict-aliasing"
                              " -shared -fPIC -w -include " SNN_SHIM_PRELUDE " -I. -o model.so model.cpp " + ownPath() + " > log 2>&1";
  const int code = std::system(command.c_str());
  program.log = get(folder / "log");
  program.code = get(folder / "model.so");
  return code == 0 ? success : compilation;
}

} // namespace

extern "C" {

int nvrtcVersion(int *major, int *minor) {
  *major = 13;
  *minor = SNN_SHIM_VERSION; // none of NVIDIA's: what is cached for it is ours
  return success;
}
const char *nvrtcGetErrorString(int code) { return code == invalidOption ? "invalid option" : "compilation failed"; }
int nvrtcCreateProgram(Program **made, const char *source, const char *, int headers, const char *const *texts, const char *const *names) {
  *made = new Program;
  (*made)->source = source;
  for (int k = 0; k < headers; ++k)
    (*made)->headers.emplace_back(names[k], texts[k]);
  return success;
}
int nvrtcCompileProgram(Program *program, int count, const char *const *options) {
  const auto given = [&](const char *option) { return std::any_of(options, options + count, [&](const char *o) { return std::string(o) == option; }); };
  for (const char *needed : {"--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"})
    if (!given(needed)) {
      program->log = std::string("without ") + needed;
      return invalidOption;
    }
  if (std::getenv("SNN_SHIM_TRACE"))
    std::fprintf(stderr, "compiled\n");
  std::string folder = std::filesystem::temp_directory_path() / "snn-shim-XXXXXX";
  if (!mkdtemp(folder.data()))
    return compilation;
  const int code = build(*program, folder);
  std::filesystem::remove_all(folder);
  return code;
}
int nvrtcGetProgramLogSize(Program *program, size_t *size) { return *size = program->log.size() + 1, success; }
int nvrtcGetProgramLog(Program *program, char *text) { return program->log.copy(text, program->log.size()), text[program->log.size()] = 0, success; }
int nvrtcGetCUBINSize(Program *program, size_t *size) { return *size = program->code.size(), success; }
int nvrtcGetCUBIN(Program *program, char *bytes) { return program->code.copy(bytes, program->code.size()), success; }
int nvrtcGetPTXSize(Program *, size_t *) { return invalidOption; }
int nvrtcGetPTX(Program *, char *) { return invalidOption; }
int nvrtcDestroyProgram(Program **program) { return delete *program, *program = nullptr, success; }

} // extern "C"
