// Anonymous mappings with huge-page advice for large blocks, aligned allocations for small ones.
#include "runtime/core/Memory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace snn::rt {

namespace {
constexpr size_t mapFrom = size_t{1} << 16; // below: malloc, so that small networks stay cheap; what is mapped is given back at once
constexpr size_t hugeFrom = size_t{1} << 20;
constexpr size_t alignment = 64;
} // namespace

Block::Block(size_t wanted) : bytes(std::max(wanted, alignment)) {
  if (bytes >= mapFrom) {
    void *p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
      bytes = 0;
      return;
    }
    if (bytes >= hugeFrom)
      madvise(p, bytes, MADV_HUGEPAGE); // advice only: ordinary pages serve as well
    memory = p;
    mapped = bytes;
    return;
  }
  const size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  memory = std::aligned_alloc(alignment, rounded);
  if (memory)
    std::memset(memory, 0, rounded);
  else
    bytes = 0;
}

Block::~Block() {
  if (mapped)
    munmap(memory, mapped);
  else
    std::free(memory);
}

Block::Block(Block &&other) noexcept
    : memory(std::exchange(other.memory, nullptr)), bytes(std::exchange(other.bytes, 0)),
      mapped(std::exchange(other.mapped, 0)) {}

Block &Block::operator=(Block &&other) noexcept {
  std::swap(memory, other.memory);
  std::swap(bytes, other.bytes);
  std::swap(mapped, other.mapped);
  return *this;
}

void giveBack(char *begin, char *end) {
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t first = (reinterpret_cast<uintptr_t>(begin) + page - 1) / page * page, last = reinterpret_cast<uintptr_t>(end) / page * page;
  if (first < last)
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

int64_t availableMemory() {
  int64_t available = INT64_MAX;
  if (FILE *f = std::fopen("/proc/meminfo", "r")) {
    char line[256];
    long long kib = 0;
    while (std::fgets(line, sizeof line, f))
      if (std::sscanf(line, "MemAvailable: %lld kB", &kib) == 1)
        available = kib * 1024;
    std::fclose(f);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > INT64_MAX)
    return available;
  long long pages = 0; // of address space in use
  if (FILE *f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%lld", &pages) != 1)
      pages = 0;
    std::fclose(f);
  }
  return std::clamp<int64_t>(static_cast<int64_t>(limit.rlim_cur) - pages * sysconf(_SC_PAGESIZE), 0, available);
}

} // namespace snn::rt
