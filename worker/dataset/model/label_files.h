// What formats with one text file for each image have in common: where the file stands, its lines, numbers, and words
// for messages. PURE.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

inline constexpr std::size_t kMaxRowBytes = std::size_t{4} << 20;  ///< a longer one is a MalformedRow

/// "images/train/a.jpg" -> "FOLDER/train/a.txt": the last folder "images" becomes `folder`, the suffix ".txt".
std::string label_path(std::string_view image_path, std::string_view folder);

/// Calls `row(line, number)` for every line that is not blank; numbers count all lines from 1. A byte order mark of
/// UTF-8 is passed over; UTF-16 is read with one ForeignEncoding finding, or is one UnreadableLabelFile and no rows
/// when it is damaged.
void for_each_row(std::string_view text, const std::string& file, Findings& findings,
                  const std::function<void(std::string_view line, std::size_t number)>& row);

/// A finite decimal number, a leading + allowed. False for anything else.
bool parse_number(std::string_view token, double& out);

/// The token in quotes, at most 40 characters of it.
std::string quoted(std::string_view token);

}  // namespace visionops::annotations
