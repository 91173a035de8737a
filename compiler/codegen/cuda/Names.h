// Names in the CUDA text. Nothing that a user wrote reaches the text as it is: names keep their letters and digits alone, and a
// number makes them unique.
#pragma once

#include <string>
#include <string_view>

namespace snn::codegen::cuda {

/// "image->cells#0.w" as "image_cells_0_w": [a-z0-9_]+, at most 40 characters.
std::string mangled(std::string_view name);

/// A remark for a comment: letters, digits and plain punctuation alone, on one line.
std::string remark(std::string_view text);

/// "model.snn:12:3" as "model_snn line 12".
std::string lineOf(std::string_view where);

} // namespace snn::codegen::cuda
