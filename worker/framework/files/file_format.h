// A file of metrics that a framework keeps. One file each, files/NAME.cpp with `const FileFormat NAME`; the table is
// written by CMake from the folder.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "worker/framework/story.h"

namespace visionops::framework {

/// Reads one file of one path, again and again. Nothing of it is remembered by byte offsets alone: frameworks rewrite
/// their files.
class FileReader {
 public:
  virtual ~FileReader() = default;
  /// The whole text as it is now. `whole`: nobody writes any more, so a last line without an end counts. Points that
  /// did not change are told again and dropped by the story.
  virtual void read(std::string_view text, bool whole, Story& story) = 0;
};

struct FileFormat {
  std::string_view name;  ///< as MetricFile::format says it
  std::unique_ptr<FileReader> (*make)(std::int32_t first_epoch);
};

/// All formats.
std::span<const FileFormat* const> file_format_table();

}  // namespace visionops::framework
