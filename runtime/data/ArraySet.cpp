// Data sets in one file: arrays x and y, and x_test and y_test where the file has them.
#include "runtime/data/Dataset.h"
#include "runtime/data/NamedArrays.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace snn::rt::data {

namespace {

class ArraySplit final : public Split {
public:
  ArraySplit(std::shared_ptr<Samples> s, std::vector<double> l)
      : samples(std::move(s)), labels(std::move(l)) {}
  int64_t count() const override { return samples->shape()[0]; }
  std::vector<int64_t> shape() const override {
    return {samples->shape().begin() + 1, samples->shape().end()};
  }
  Result<int64_t> label(int64_t k) override {
    if (k < 0 || k >= count())
      return Error{ExitCode::internal, "sample number out of range"};
    return static_cast<int64_t>(labels[static_cast<size_t>(k)]);
  }
  Status read(int64_t k, std::vector<double> &out) override {
    if (k < 0 || k >= count())
      return Error{ExitCode::internal, "sample number out of range"};
    return samples->read(k, out);
  }

private:
  std::shared_ptr<Samples> samples;
  std::vector<double> labels; ///< integers
};

Error wrong(const NamedArrays &file, const std::string &what) {
  return {ExitCode::badData, fmt::format("'{}': {}", file.path(), what)};
}

std::string shapeText(const std::vector<int64_t> &shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

Result<std::shared_ptr<Split>> openSplit(const NamedArrays &file, const std::string &x,
                                         const std::string &y) {
  const Result<std::shared_ptr<Samples>> samples = file.samples(x);
  if (!samples.ok())
    return samples.error();
  const std::vector<int64_t> &shape = samples.value()->shape();
  if (shape.size() < 2 || std::find(shape.begin() + 1, shape.end(), 0) != shape.end())
    return wrong(
        file, fmt::format("{} has the shape {}; [samples, …] with values in each sample expected",
                          x, shapeText(shape)));
  Result<Array> labels = file.whole(y);
  if (!labels.ok())
    return labels.error();
  const std::vector<int64_t> &found = labels.value().shape;
  if (labels.value().element == Element::Real)
    return wrong(file, fmt::format("{} holds reals; labels are integers", y));
  const bool column = found.size() == 2 && found[1] == 1;
  if (found.size() != 1 && !column)
    return wrong(file,
                 fmt::format("{} has the shape {}; labels have one axis", y, shapeText(found)));
  if (found[0] != shape[0])
    return wrong(
        file, fmt::format("{} holds {} labels, but {} holds {} samples", y, found[0], x, shape[0]));
  return std::shared_ptr<Split>(
      std::make_shared<ArraySplit>(samples.value(), std::move(labels.value().values)));
}

/// The first of these arrays that the file holds; empty if none.
std::string firstOf(const std::vector<std::string> &names,
                    std::initializer_list<const char *> spellings) {
  for (const char *s : spellings)
    if (std::ranges::find(names, s) != names.end())
      return s;
  return {};
}

struct Kind {
  std::string_view extension;
  Result<std::unique_ptr<NamedArrays>> (*open)(const std::string &path);
};

constexpr Kind kinds[] = {{".npz", openNpz}, {".h5", openHdf5}, {".hdf5", openHdf5}};

const Kind *kindOf(std::string_view path) {
  const auto *kind =
      std::ranges::find_if(kinds, [&](const Kind &k) { return hasExtension(path, k.extension); });
  return kind == std::end(kinds) ? nullptr : kind;
}

} // namespace

bool isArraySet(std::string_view path) { return kindOf(path); }

Result<Dataset> openArraySet(const std::string &name, const std::string &path) {
  const Result<std::unique_ptr<NamedArrays>> opened = kindOf(path)->open(path);
  if (!opened.ok())
    return opened.error();
  const NamedArrays &file = *opened.value();
  const std::vector<std::string> names = file.names();
  const std::string x = firstOf(names, {"x", "x_train"}), y = firstOf(names, {"y", "y_train"});
  const std::string xTest = firstOf(names, {"x_test"}), yTest = firstOf(names, {"y_test"});
  if (x.empty() || y.empty())
    return wrong(file,
                 fmt::format("arrays x and y (or x_train and y_train) expected; the file holds {}",
                             names.empty() ? "none" : listOf(names)));
  if (xTest.empty() != yTest.empty())
    return wrong(file, xTest.empty() ? "the file holds y_test, but no x_test"
                                     : "the file holds x_test, but no y_test");
  const Result<std::shared_ptr<Split>> train = openSplit(file, x, y);
  if (!train.ok())
    return train.error();
  const Result<std::shared_ptr<Split>> test = xTest.empty() ? train : openSplit(file, xTest, yTest);
  if (!test.ok())
    return test.error();
  return Dataset{name, path, train.value(), test.value()};
}

} // namespace snn::rt::data
