// Compiled kernels on disk, by what they were compiled from.
#pragma once

#include <optional>
#include <string>

namespace snn::rt::cuda {

/// $SNN_CACHE, else $XDG_CACHE_HOME/snn, else ~/.cache/snn; empty if there is none of these, or SNN_CACHE is empty.
std::string cacheFolder();

/// What was kept for `key`, a text of any length. A file that is damaged counts as absent.
std::optional<std::string> cached(const std::string &key);
/// Keeps bytes for `key`; a folder that cannot be written is no error.
void keep(const std::string &key, const std::string &bytes);

} // namespace snn::rt::cuda
