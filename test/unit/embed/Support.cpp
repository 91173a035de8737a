// Folders for tests.
#include "test/unit/embed/Support.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace snn::test {

Folder::Folder() {
  folder = (std::filesystem::temp_directory_path() / "snn-embed-XXXXXX").string();
  if (!mkdtemp(folder.data()))
    folder.clear();
}
Folder::~Folder() {
  std::error_code unused;
  if (!folder.empty())
    std::filesystem::remove_all(folder, unused);
}

std::string Folder::file(const std::string &name, const std::string &text) const {
  const std::string path = folder + "/" + name;
  std::ofstream(path) << text;
  return path;
}

} // namespace snn::test
