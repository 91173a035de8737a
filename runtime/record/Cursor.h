// How long the streams of a recording are, as text, and cutting a file to that.
#pragma once

#include "runtime/record/RecordingFile.h"

#include <map>
#include <string>

namespace snn::rt::record {

/// Rows of each stream by its group, e.g. "/spikes/cells" → 1234.
using Cursor = std::map<std::string, uint64_t>;

std::string cursorText(const Cursor &cursor);
/// False if `text` is not a cursor.
bool parseCursor(const std::string &text, Cursor &cursor);
/// Cuts every stream of the file and removes those that began later.
Status cutTo(RecordingFile &file, const Cursor &cursor);

} // namespace snn::rt::record
