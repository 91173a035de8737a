// Cursors of recordings: one line a stream, its length and its group.
#include "runtime/record/Cursor.h"

#include <charconv>
#include <fmt/format.h>

namespace snn::rt::record {

namespace {

constexpr std::string_view firstLine = "snn recording cursor 1\n";

herr_t addName(hid_t, const char *name, const H5L_info_t *info, void *to) {
  if (info->type == H5L_TYPE_HARD)
    static_cast<std::vector<std::string> *>(to)->push_back(name);
  return 0;
}

std::vector<std::string> children(hid_t file, const std::string &path) {
  std::vector<std::string> names;
  const Handle group = openGroup(file, path, false);
  if (group.valid())
    H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, addName, &names);
  return names;
}

/// Groups that hold a stream each.
std::vector<std::string> streamsOf(hid_t file) {
  std::vector<std::string> paths;
  for (const char *kind : {"/spikes", "/values"})
    for (const std::string &name : children(file, kind))
      paths.push_back(fmt::format("{}/{}", kind, name));
  for (const std::string &object : children(file, "/states"))
    for (const std::string &variable : children(file, "/states/" + object))
      paths.push_back(fmt::format("/states/{}/{}", object, variable));
  return paths;
}

/// Cuts a data set to `rows`, or only looks whether it has them.
Status cutSet(RecordingFile &file, const std::string &path, uint64_t rows, bool cut) {
  const Handle set(H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT), H5Dclose);
  const Handle space(set.valid() ? H5Dget_space(set) : -1, H5Sclose);
  const int axes = space.valid() ? H5Sget_simple_extent_ndims(space) : 0;
  const Error wrong{ExitCode::badData, fmt::format("recording '{}': {} is missing or damaged", file.path(), path)};
  if (axes < 1)
    return wrong;
  std::vector<hsize_t> dims(static_cast<size_t>(axes));
  H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  if (dims[0] < rows)
    return Error{ExitCode::badData, fmt::format("recording '{}': {} has {} rows, but the checkpoint was written after {}",
                                                file.path(), path, static_cast<uint64_t>(dims[0]), rows)};
  const bool longer = dims[0] > rows;
  dims[0] = rows;
  if (cut && longer && H5Dset_extent(set, dims.data()) < 0)
    return wrong;
  return {};
}

Status cutSets(RecordingFile &file, const std::string &path, uint64_t rows, bool cut) {
  const bool spikes = path.starts_with("/spikes/");
  for (const char *set : {spikes ? "/timestamps" : "/time", spikes ? "/node_ids" : "/data"})
    if (Status s = cutSet(file, path + set, rows, cut); !s.ok())
      return s;
  return {};
}

} // namespace

std::string cursorText(const Cursor &cursor) {
  std::string text(firstLine);
  for (const auto &[path, rows] : cursor)
    text += fmt::format("{} {}\n", rows, path);
  return text;
}

bool parseCursor(const std::string &text, Cursor &cursor) {
  if (!text.starts_with(firstLine))
    return false;
  for (size_t at = firstLine.size(); at < text.size();) {
    const size_t end = text.find('\n', at);
    uint64_t rows = 0;
    const auto [rest, code] = std::from_chars(text.data() + at, text.data() + text.size(), rows);
    const size_t path = static_cast<size_t>(rest - text.data()) + 1;
    if (code != std::errc() || end == std::string::npos || path >= end || text[path - 1] != ' ' || text[path] != '/')
      return false;
    cursor[text.substr(path, end - path)] = rows;
    at = end + 1;
  }
  return true;
}

Status compare(RecordingFile &file, const Cursor &cursor, std::set<std::string> &later) {
  for (const std::string &path : streamsOf(file.id()))
    if (!cursor.contains(path))
      later.insert(path);
  for (const auto &[path, rows] : cursor)
    if (Status s = cutSets(file, path, rows, false); !s.ok())
      return s;
  return {};
}

Status cutStream(RecordingFile &file, const std::string &path, uint64_t rows) { return cutSets(file, path, rows, true); }

} // namespace snn::rt::record
