// Settings, groups and attributes of recordings.
#include "runtime/record/Hdf5.h"

namespace snn::rt::record {

namespace {

Handle textType() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

} // namespace

std::recursive_mutex &hdf5Lock() {
  static std::recursive_mutex lock;
  return lock;
}

void prepareHdf5() {
  static const bool once = [] {
    H5dont_atexit(); // after a full disk its handler at exit crashes; we close everything ourselves
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
    return true;
  }();
  (void)once;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // another user of the library may have switched it on
}

Handle groupCreation() {
  Handle plist(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  H5Pset_obj_track_times(plist, false);
  return plist;
}

Handle linkCreation() {
  Handle plist(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_char_encoding(plist, H5T_CSET_UTF8);
  return plist;
}

bool linkExists(hid_t file, const std::string &path) {
  // Every intermediate group must be asked for, or HDF5 reports an error.
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    if (H5Lexists(file, path.substr(0, at).c_str(), H5P_DEFAULT) <= 0)
      return false;
  return H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0;
}

Handle openGroup(hid_t file, const std::string &path, bool create) {
  if (linkExists(file, path))
    return {H5Gopen2(file, path.c_str(), H5P_DEFAULT), H5Gclose};
  if (!create)
    return {};
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    if (!openGroup(file, path.substr(0, at), true).valid())
      return {};
  return {H5Gcreate2(file, path.c_str(), linkCreation(), groupCreation(), H5P_DEFAULT), H5Gclose};
}

bool writeText(hid_t object, const char *name, const std::string &text) {
  const Handle type = textType(), space(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  // A text with a NUL in it would be cut in silence; source files have none.
  const char *data = text.c_str();
  return attribute.valid() && H5Awrite(attribute, type, &data) >= 0;
}

bool writeNumbers(hid_t object, const char *name, hid_t type, const void *data, size_t count, bool scalar) {
  const hsize_t length = count;
  const Handle space(scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, nullptr), H5Sclose);
  const Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute.valid() && H5Awrite(attribute, type, data) >= 0;
}

bool readText(hid_t object, const char *name, std::string &text) {
  if (H5Aexists(object, name) <= 0)
    return false;
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  if (!attribute.valid())
    return false;
  const Handle found(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  if (H5Tget_class(found) != H5T_STRING || H5Tis_variable_str(found) <= 0 || H5Sget_simple_extent_npoints(space) != 1)
    return false;
  char *data = nullptr;
  const Handle type = textType();
  if (H5Aread(attribute, type, &data) < 0 || !data)
    return false;
  text = data;
  H5free_memory(data);
  return true;
}

} // namespace snn::rt::record
