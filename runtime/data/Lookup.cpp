// Finds data sets: by name in the standard places, by relative path in the model's folder.
#include "runtime/core/Quantity.h"
#include "runtime/data/Dataset.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

namespace snn::rt::data {

namespace {

namespace fs = std::filesystem;

class EmptySplit final : public Split {
public:
  explicit EmptySplit(std::string w) : what(std::move(w)) {}
  int64_t count() const override { return 0; }
  std::vector<int64_t> shape() const override { return {}; }
  Result<int64_t> label(int64_t) override { return missing(); }
  Status read(int64_t, std::vector<double> &) override { return missing(); }

private:
  std::string what;
  Error missing() const { return {ExitCode::badData, what}; }
};

bool isThere(const fs::path &path) {
  std::error_code code;
  return fs::exists(path, code);
}

/// The first that exists of DIR/NAME for several spellings, also gzipped; empty if none.
std::string firstOf(const fs::path &folder, std::initializer_list<const char *> names) {
  for (const char *name : names)
    for (const char *suffix : {"", ".gz"})
      if (const fs::path path = folder / (std::string(name) + suffix); isThere(path))
        return path.string();
  return {};
}

Result<std::shared_ptr<Split>> idxPart(const fs::path &folder, const std::string &images, const std::string &labels,
                                       const char *part) {
  if (images.empty() && labels.empty())
    return emptySplit(fmt::format("'{}' has no {} images", folder.string(), part));
  if (images.empty() || labels.empty())
    return Error{ExitCode::badData, fmt::format("'{}' has {} {}, but no {}", folder.string(), part,
                                                images.empty() ? "labels" : "images", images.empty() ? "images" : "labels")};
  return openIdxSplit(images, labels);
}

Result<Dataset> openIdxFolder(const std::string &name, const fs::path &folder) {
  Result<std::shared_ptr<Split>> train =
      idxPart(folder, firstOf(folder, {"train-images-idx3-ubyte", "train-images.idx3-ubyte", "train-images-idx4-ubyte"}),
              firstOf(folder, {"train-labels-idx1-ubyte", "train-labels.idx1-ubyte"}), "training");
  if (!train.ok())
    return train.error();
  Result<std::shared_ptr<Split>> test =
      idxPart(folder,
              firstOf(folder, {"t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte", "test-images-idx3-ubyte",
                               "t10k-images-idx4-ubyte"}),
              firstOf(folder, {"t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte", "test-labels-idx1-ubyte"}), "test");
  if (!test.ok())
    return test.error();
  return Dataset{name, folder.string(), train.value(), test.value()};
}

Result<Dataset> openCifarFolder(const std::string &name, const fs::path &folder) {
  std::vector<std::string> batches;
  const bool hundred = isThere(folder / "train.bin");
  for (int k = 1; k <= 5 && !hundred; ++k)
    batches.push_back((folder / fmt::format("data_batch_{}.bin", k)).string());
  if (hundred)
    batches.push_back((folder / "train.bin").string());
  Result<std::shared_ptr<Split>> train = openCifarSplit(batches, hundred ? 2 : 1);
  if (!train.ok())
    return train.error();
  Result<std::shared_ptr<Split>> test =
      openCifarSplit({(folder / (hundred ? "test.bin" : "test_batch.bin")).string()}, hundred ? 2 : 1);
  if (!test.ok())
    return test.error();
  return Dataset{name, folder.string(), train.value(), test.value()};
}

bool holdsIdx(const fs::path &f) {
  return !firstOf(f, {"train-images-idx3-ubyte", "train-images.idx3-ubyte", "train-images-idx4-ubyte",
                      "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"})
              .empty();
}

bool holdsCifar(const fs::path &f) { return isThere(f / "data_batch_1.bin") || isThere(f / "train.bin"); }

/// Folders under which a data set of this name is usually kept, torchvision's layout among them.
std::vector<std::string> spellings(const std::string &name) {
  if (name == "mnist")
    return {"mnist", "MNIST", "MNIST/raw"};
  if (name == "fashion-mnist")
    return {"fashion-mnist", "fashion_mnist", "FashionMNIST", "FashionMNIST/raw"};
  if (name == "cifar10")
    return {"cifar10", "cifar-10", "cifar-10-batches-bin"};
  if (name == "cifar100")
    return {"cifar100", "cifar-100", "cifar-100-binary"};
  return {name};
}

std::string help(const std::string &name) {
  if (name == "fashion-mnist")
    return "Install it with: apt install dataset-fashion-mnist\nor put its four IDX files into a folder fashion-mnist and "
           "set SNN_DATA to the folder around it.";
  if (name == "mnist")
    return "Put its four IDX files (train-images-idx3-ubyte.gz, …) into a folder mnist and set SNN_DATA to the folder "
           "around it.";
  if (name == "cifar10" || name == "cifar100")
    return fmt::format("Put its binary batches into a folder {} and set SNN_DATA to the folder around it.", name);
  return "A data set is a folder with IDX files (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-…, also .gz) or "
         "CIFAR's binary batches, or a file .npz, .h5 or .hdf5 with arrays x and y; set SNN_DATA to the folder around it.";
}

/// Names that a model may have meant: the well-known ones, and what lies in the places.
std::vector<std::string> knownNames(const std::vector<std::string> &places) {
  constexpr int mostLookedAt = 1000; // of a folder with many other things
  std::vector<std::string> names{"mnist", "fashion-mnist", "cifar10", "cifar100"};
  for (const std::string &place : places) {
    std::error_code code;
    int looked = 0;
    for (fs::directory_iterator at(place, code), end; !code && at != end && ++looked <= mostLookedAt; at.increment(code)) {
      std::error_code unused;
      const bool folder = at->is_directory(unused);
      if (folder ? holdsIdx(at->path()) || holdsCifar(at->path()) : isArraySet(at->path().filename().string()))
        names.push_back(at->path().filename().string());
    }
  }
  return names;
}

bool leavesFolder(const std::string &name) {
  const fs::path path(name);
  return name.empty() || name.find('\0') != std::string::npos || path.is_absolute() ||
         std::ranges::any_of(path, [](const fs::path &part) { return part == ".."; });
}

/// Whether `path`, with links followed, is below `folder`: the model's folder may hold links, but no ways out.
bool staysBelow(const fs::path &path, const fs::path &folder) {
  std::error_code first, second;
  const fs::path inner = fs::canonical(path, first), outer = fs::canonical(folder, second);
  if (first || second)
    return false;
  const auto [end, rest] = std::ranges::mismatch(outer, inner);
  return end == outer.end();
}

} // namespace

std::shared_ptr<Split> emptySplit(std::string what) { return std::make_shared<EmptySplit>(std::move(what)); }

std::vector<std::string> searchPlaces(const std::string &modelFolder) {
  std::vector<std::string> places;
  const auto variable = [](const char *name) {
    const char *value = std::getenv(name);
    return std::string(value ? value : "");
  };
  const std::string list = variable("SNN_DATA");
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(':', at), list.size());
    if (end > at)
      places.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  if (const std::string home = variable("XDG_DATA_HOME"); !home.empty())
    places.push_back(home + "/snn");
  else if (const std::string user = variable("HOME"); !user.empty())
    places.push_back(user + "/.local/share/snn");
  places.insert(places.end(), {"/usr/share/datasets", "/usr/local/share/datasets"});
  places.push_back(modelFolder.empty() ? "." : modelFolder);
  return places;
}

bool findsDataset(const std::string &name, const std::string &modelFolder) {
  return !leavesFolder(name) && std::ranges::any_of(searchPlaces(modelFolder), [&](const std::string &place) {
    return std::ranges::any_of(spellings(name), [&](const std::string &spelling) { return isThere(fs::path(place) / spelling); });
  });
}

Result<Dataset> openDataset(const std::string &name, const std::string &modelFolder) {
  if (leavesFolder(name))
    return Error{ExitCode::badData,
                 fmt::format("data set '{}': a model names data sets by name or by a path below its own folder; set SNN_DATA "
                             "to the folder that holds it",
                             name)};
  const std::vector<std::string> places = searchPlaces(modelFolder);
  for (size_t p = 0; p < places.size(); ++p)
    for (const std::string &spelling : spellings(name)) {
      const fs::path folder = fs::path(places[p]) / spelling;
      if (!isThere(folder))
        continue;
      if (p + 1 == places.size() && !staysBelow(folder, places[p]))
        return Error{ExitCode::badData, fmt::format("data set '{}': '{}' is a link out of the model's folder; set SNN_DATA "
                                                    "to the folder that holds the data",
                                                    name, folder.string())};
      std::error_code code;
      if (!fs::is_directory(folder, code) && isArraySet(name))
        return openArraySet(name, folder.string());
      if (!fs::is_directory(folder, code))
        return Error{ExitCode::badData,
                     fmt::format("data set '{}': '{}' is a file. {}", name, folder.string(), help(""))};
      if (holdsIdx(folder))
        return openIdxFolder(name, folder);
      if (holdsCifar(folder))
        return openCifarFolder(name, folder);
    }
  std::string looked;
  for (const std::string &place : places)
    looked += fmt::format("\n  {}/{}", place, name);
  const std::string near = nearest(name, knownNames(places));
  if (!near.empty() && near != name)
    return Error{ExitCode::badData,
                 fmt::format("data set '{}' was not found; did you mean '{}'? Places looked at:{}", name, near, looked)};
  return Error{ExitCode::badData, fmt::format("data set '{}' was not found. Places looked at:{}\n{}", name, looked, help(name))};
}

} // namespace snn::rt::data
