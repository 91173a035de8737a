// How long the streams of a recording are, as text, and what a file has beyond that.
#pragma once

#include "runtime/record/RecordingFile.h"

#include <map>
#include <set>
#include <string>

namespace snn::rt::record {

/// Rows of each stream by its group, e.g. "/spikes/cells" → 1234.
using Cursor = std::map<std::string, uint64_t>;

std::string cursorText(const Cursor &cursor);
/// False if `text` is not a cursor.
bool parseCursor(const std::string &text, Cursor &cursor);
/// Whether the file has all rows that the cursor counts. `later`: streams of the file that it does not know.
Status compare(RecordingFile &file, const Cursor &cursor, std::set<std::string> &later);
/// Cuts a stream to `rows`.
Status cutStream(RecordingFile &file, const std::string &path, uint64_t rows);

} // namespace snn::rt::record
