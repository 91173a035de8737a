// Data sets: named collections of images with labels, looked up in a few fixed places.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::data {

/// One part (training, test) of a data set. Headers are checked when it is opened; pixels are read at first use, and kept
/// as the file has them or read when they are wanted.
class Split {
public:
  virtual ~Split() = default;
  virtual int64_t count() const = 0;
  virtual std::vector<int64_t> shape() const = 0; ///< of one sample, e.g. {28, 28}
  virtual Result<int64_t> label(int64_t k) = 0;
  /// Values of sample k, row-major; bytes as reals in 0..1.
  virtual Status read(int64_t k, std::vector<double> &out) = 0;
};

struct Dataset {
  std::string name, place;             ///< place: the folder or file
  std::shared_ptr<Split> train, test; ///< either may be empty (count 0), never null; may be one and the same
};

/// Finds "mnist", "fashion-mnist", … or a relative path of a folder or a file. Places, in this order: each folder of $SNN_DATA, the user's data
/// folder, /usr/share/datasets, /usr/local/share/datasets, `modelFolder`. Absolute paths and paths that leave the model's
/// folder are refused: a model reads nothing else. Errors are ExitCode::badData and list the places looked at.
Result<Dataset> openDataset(const std::string &name, const std::string &modelFolder);

/// Whether there is anything of this name at these places.
bool findsDataset(const std::string &name, const std::string &modelFolder);

/// The places that openDataset looks at.
std::vector<std::string> searchPlaces(const std::string &modelFolder);

/// One file of images (IDX, 2 or more axes of unsigned bytes, also gzipped) and one of labels.
Result<std::shared_ptr<Split>> openIdxSplit(const std::string &images, const std::string &labels);
/// CIFAR's binary batches: `labelBytes` 1 (cifar10) or 2 (cifar100: the fine label is the second).
Result<std::shared_ptr<Split>> openCifarSplit(std::vector<std::string> batches, int labelBytes);
/// One file with arrays x and y, perhaps x_test and y_test; `path` is one of which isArraySet says so, by its extension.
/// Without x_test, training and test are the same samples.
Result<Dataset> openArraySet(const std::string &name, const std::string &path);
bool isArraySet(std::string_view path);
/// A split without samples; `what` says in errors which one is missing.
std::shared_ptr<Split> emptySplit(std::string what);

} // namespace snn::rt::data
