// Runs LLD over in-memory objects, the shipped kit and the system's libc and libm.
#include "compiler/driver/link/Link.h"

#include <lld/Common/Driver.h>
#include <llvm/Support/raw_ostream.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

LLD_HAS_DRIVER(elf)

namespace snn::driver::link {

namespace {

constexpr const char *kitFiles[] = {"Scrt1.o", "crti.o", "crtbeginS.o", "runtime.o"};
constexpr const char *kitEndFiles[] = {"libc_nonshared.a", "crtendS.o", "crtn.o"};

bool isFile(const std::string &path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

/// An object's bytes as a file that needs no disk; closed with this.
class MemoryFile {
public:
  explicit MemoryFile(const std::string &bytes) : file(memfd_create("snn-object", MFD_CLOEXEC)) {
    for (size_t done = 0; file >= 0 && done < bytes.size();) {
      const ssize_t n = write(file, bytes.data() + done, bytes.size() - done);
      if (n < 0)
        break;
      done += static_cast<size_t>(n);
      complete = done == bytes.size();
    }
  }
  ~MemoryFile() {
    if (file >= 0)
      close(file);
  }
  MemoryFile(MemoryFile &&other) noexcept : file(std::exchange(other.file, -1)), complete(other.complete) {}
  MemoryFile &operator=(MemoryFile &&) = delete;
  bool ok() const { return file >= 0 && complete; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file); }

private:
  int file;
  bool complete = false;
};

/// Where the dynamic loader found a library for this very process.
std::string loadedLibrary(const char *name) {
  struct Search {
    const char *name;
    std::string found;
  } search{name, {}};
  dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *data) {
        auto *s = static_cast<Search *>(data);
        const char *slash = std::strrchr(info->dlpi_name, '/');
        if (slash && std::strcmp(slash + 1, s->name) == 0)
          s->found = info->dlpi_name;
        return 0;
      },
      &search);
  if (!search.found.empty())
    return search.found;
  for (const char *folder : {"/lib/x86_64-linux-gnu/", "/lib64/", "/usr/lib64/", "/lib/", "/usr/lib/"})
    if (isFile(std::string(folder) + name))
      return std::string(folder) + name;
  return {};
}

/// Why no file of `bytes` bytes can be written beside `output`, or nothing. LLD maps its output into memory: on a full disk
/// it would die of a signal.
std::optional<std::string> whyNotWritable(const std::string &output, uint64_t bytes) {
  const auto because = [&](int error) { return "cannot write '" + output + "': " + std::strerror(error); };
  struct stat old {};
  if (stat(output.c_str(), &old) == 0 && !S_ISREG(old.st_mode))
    return S_ISDIR(old.st_mode) ? because(EISDIR) : "cannot write '" + output + "': it is not a regular file";
  std::string trial = output + ".XXXXXX";
  const int file = mkstemp(trial.data());
  if (file < 0)
    return because(errno);
  const int error = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  close(file);
  unlink(trial.c_str());
  return error ? std::optional(because(error)) : std::nullopt;
}

std::string ownFolder() {
  char path[PATH_MAX];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  if (n <= 0)
    return ".";
  const std::string text(path, static_cast<size_t>(n));
  return text.substr(0, text.rfind('/'));
}

} // namespace

std::string kitFolder() { return ownFolder() + "/../lib/snn"; }

std::optional<std::string> linkExecutable(const std::vector<std::string> &objects, const std::string &output) {
  const std::string kit = kitFolder() + "/";
  std::vector<std::string> arguments{
      "ld.lld", "-o", output, "-pie", "--eh-frame-hdr", "-z", "relro", "-z", "now", "-z", "noexecstack", "--hash-style=gnu",
      "--build-id=none", "--gc-sections", "--strip-debug", "--threads=2", "-dynamic-linker", "/lib64/ld-linux-x86-64.so.2"};
  std::vector<MemoryFile> files;
  for (const char *name : kitFiles)
    arguments.push_back(kit + name);
  for (const std::string &object : objects) {
    if (!files.emplace_back(object).ok())
      return std::string("no memory for the model's code");
    arguments.push_back(files.back().path());
  }
  for (const char *name : {"libm.so.6", "libc.so.6"}) {
    arguments.push_back(loadedLibrary(name));
    if (arguments.back().empty())
      return std::string("the system's ") + name + " was not found";
  }
  for (const char *name : kitEndFiles)
    arguments.push_back(kit + name);
  for (const std::string &argument : arguments)
    if (argument.compare(0, kit.size(), kit) == 0 && !isFile(argument))
      return "snnc's installation is not complete: " + argument + " is missing";

  uint64_t most = 1 << 20; // no section grows by linking
  for (const std::string &argument : arguments)
    if (struct stat info {}; argument.ends_with(".o") && stat(argument.c_str(), &info) == 0)
      most += static_cast<uint64_t>(info.st_size);
  for (const std::string &object : objects)
    most += object.size();
  if (auto error = whyNotWritable(output, most))
    return error;

  std::vector<const char *> raw;
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream out(messages);
  const lld::Result result = lld::lldMain(raw, out, out, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return messages.empty() ? std::string("the linker failed") : messages;
  return std::nullopt;
}

} // namespace snn::driver::link
