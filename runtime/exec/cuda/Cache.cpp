// A file holds the checksums of the key and of the bytes, then the bytes; it appears under its name when it is complete.
#include "runtime/exec/cuda/Cache.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <zlib.h>

namespace snn::rt::cuda {

namespace {

/// FNV-1a (Fowler, Noll & Vo), from two offsets: 128 bits of name.
uint64_t hashed(const std::string &text, uint64_t from) {
  for (const char c : text)
    from = (from ^ static_cast<uint8_t>(c)) * 0x100000001b3ull;
  return from;
}

struct Head {
  uint64_t keyBytes, bytes;
  uint32_t keyCheck, check;
};

uint32_t checksum(const std::string &bytes) {
  return static_cast<uint32_t>(crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
}

Head headOf(const std::string &key, const std::string &bytes) { return {key.size(), bytes.size(), checksum(key), checksum(bytes)}; }

std::string fileOf(const std::string &key) {
  const std::string folder = cacheFolder();
  return folder.empty() ? folder : fmt::format("{}/{:016x}{:016x}", folder, hashed(key, 0xcbf29ce484222325ull), hashed(key, 0x9ae16a3b2f90404full));
}

} // namespace

std::string cacheFolder() {
  if (const char *own = std::getenv("SNN_CACHE"))
    return own;
  if (const char *shared = std::getenv("XDG_CACHE_HOME"); shared && *shared)
    return std::string(shared) + "/snn";
  const char *home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.cache/snn" : std::string();
}

std::optional<std::string> cached(const std::string &key) {
  std::ifstream file(fileOf(key), std::ios::binary);
  std::stringstream read;
  if (!(read << file.rdbuf()))
    return std::nullopt;
  std::string all = read.str();
  Head head{};
  if (all.size() < sizeof head)
    return std::nullopt;
  std::memcpy(&head, all.data(), sizeof head);
  all.erase(0, sizeof head);
  const Head expected = headOf(key, all);
  if (std::memcmp(&head, &expected, sizeof head) != 0)
    return std::nullopt;
  return all;
}

void keep(const std::string &key, const std::string &bytes) {
  const std::string name = fileOf(key);
  if (name.empty())
    return;
  std::error_code error;
  std::filesystem::create_directories(cacheFolder(), error);
  const std::string trial = fmt::format("{}.{}", name, getpid());
  const Head head = headOf(key, bytes);
  std::ofstream file(trial, std::ios::binary);
  file.write(reinterpret_cast<const char *>(&head), sizeof head);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file.fail())
    std::filesystem::rename(trial, name, error);
  if (file.fail() || error)
    std::filesystem::remove(trial, error);
}

} // namespace snn::rt::cuda
