// The file of a training runtime.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "operator/runtimes/runtime.h"

namespace visionops::runtimes {

struct RuntimeFile {
  std::string_view path;
  std::string_view text;  ///< YAML
};

/// The files that are part of the program.
std::span<const RuntimeFile> runtime_files();

/// Invalid, with file, line and field: the text is no YAML, a field is unknown, missing or out of its bounds, the name
/// is not that of the file, or one of broken_rules().
Result<Runtime> parse_runtime(const RuntimeFile& file);

}  // namespace visionops::runtimes
