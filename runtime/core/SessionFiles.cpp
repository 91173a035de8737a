// Files that a model names: data sets, arrays, states.
#include "runtime/core/Session.h"

#include "runtime/data/ArrayFile.h"
#include "runtime/data/Dataset.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace snn::rt {

std::string folderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

namespace {

/// Whether a file, with links followed, lies in the folder or below; of one that is not there, what there is of its way.
bool staysBelow(const std::string &folder, const std::string &path) {
  namespace fs = std::filesystem;
  std::error_code noFolder, noWay;
  const fs::path outer = fs::canonical(folder.empty() ? "." : folder, noFolder);
  const fs::path inner = fs::weakly_canonical(outer / path, noWay);
  if (noFolder)
    return true; // there is nothing to be read or written
  return !noWay && std::ranges::mismatch(outer, inner).in1 == outer.end();
}

} // namespace

/// The path of a file that the model names: beside the output, never elsewhere.
Result<std::string> Session::beside(const std::string &path) const {
  const bool leaves = path.empty() || path[0] == '/' || path == ".." || path.starts_with("../") ||
                      path.find("/../") != std::string::npos || path.ends_with("/..") || path.find('\0') != std::string::npos;
  if (leaves || !staysBelow(folderOf(given.output), path))
    return Error{ExitCode::io, fmt::format("'{}' is not beside the output: a model reads and writes only there", path)};
  return folderOf(given.output) + path;
}

/// A program SPIKES.snn that reads SPIKES.h5 would lose it to its recording, whose default name that is.
Status Session::outputIsNotRead() const {
  const abi::HostProgram &host = program().host;
  const bool reads = std::ranges::any_of(host.functions, [](const abi::HostFunction &f) {
    return std::ranges::any_of(f.code, [](const abi::HostInstr &i) { return i.op == abi::HostOp::LoadArray || i.op == abi::HostOp::Data; });
  });
  for (const abi::HostConstant &constant : host.constants)
    for (const std::string &folder : {folderOf(given.output), given.modelFolder + "/"}) {
      std::error_code other; // of no file
      if (reads && constant.kind == abi::HostConstant::Text && !constant.text.empty() &&
          std::filesystem::equivalent(folder + constant.text, given.output, other))
        return Error{ExitCode::usage, fmt::format("the program reads '{}', which its recording would replace; name another file with --output", given.output)};
    }
  return {};
}

Result<host::Value> Session::dataSet(const std::string &name, const std::string &otherwise) {
  if (!otherwise.empty() && otherwise != name && !dataSets.contains(name) && !data::findsDataset(name, given.modelFolder)) {
    warn(fmt::format("data set '{}' was not found; '{}' is taken instead", name, otherwise));
    return dataSet(otherwise, "");
  }
  std::shared_ptr<const host::DataSetRef> &set = dataSets[name];
  if (!set) {
    Result<data::Dataset> opened = data::openDataset(name, given.modelFolder);
    if (!opened.ok())
      return opened.error();
    set = std::make_shared<host::DataSetRef>(host::DataSetRef{name, opened.value().train, opened.value().test});
  }
  host::Value v;
  v.kind = host::Kind::DataSet;
  v.dataSet = set;
  return v;
}

Result<host::Value> Session::loadArray(const std::string &name, const std::string &array) {
  const Result<std::string> path = beside(name);
  if (!path.ok())
    return path.error();
  std::error_code unused; // not beside the output: then beside the model
  const bool here = std::filesystem::exists(path.value(), unused);
  const std::string besideModel = given.modelFolder + "/" + name;
  if (!here && !staysBelow(given.modelFolder, name))
    return Error{ExitCode::io, fmt::format("'{}' leads out of the model's folder", name)};
  Result<data::Array> read = data::readArrayFile(here ? path.value() : besideModel, array);
  if (!read.ok())
    return read.error();
  const host::Kind kind = read.value().element == data::Element::Bool  ? host::Kind::Bool
                          : read.value().element == data::Element::Int ? host::Kind::Int
                                                                       : host::Kind::Real;
  return host::Value::ofArray(kind, std::move(read.value().shape), std::move(read.value().values));
}

} // namespace snn::rt
