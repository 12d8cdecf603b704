// Rows of text files that hold names: what is not UTF-8 would be written through.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "worker/dataset/model/annotations.h"

namespace visionops::formats {

/// for_each_row (label_files.h) of a text that is UTF-8 or UTF-16; any other is one UnreadableLabelFile finding and has
/// no rows.
void for_each_utf8_row(std::string_view text, const std::string& file, annotations::Findings& findings,
                       const std::function<void(std::string_view line, std::size_t number)>& row);

}  // namespace visionops::formats
