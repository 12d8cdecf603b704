// Any text as a YAML scalar that every reader takes for that very string. PURE.
#pragma once

#include <string>
#include <string_view>

namespace visionops::dataset_folder {

/// Appends `value` (UTF-8) in double quotes. Beside quotes and backslashes all is escaped that YAML 1.1 does not call
/// printable, or takes for an end of line and folds into a blank: control characters, DEL, U+0085, U+2028, U+2029, the
/// byte order mark. yaml/reader.py of PyYAML refuses a file with such a character.
void append_yaml_string(std::string& out, std::string_view value);

}  // namespace visionops::dataset_folder
