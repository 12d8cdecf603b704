// A log format: what its lines look like and what they tell. One file each, readers/NAME.cpp with `const LogFormat
// NAME`; the table is written by CMake from the folder.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "worker/framework/story.h"

namespace visionops::framework {

/// Reads the lines of one run, in order. Lines have no ANSI sequences and no rank prefix, and are not trimmed.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// True: the line was of this format, and no other reader is asked.
  virtual bool read(std::string_view line, Story& story) = 0;
  /// Whether the next line is to be shown even if no word of the format is in it.
  [[nodiscard]] virtual bool wants_next() const { return false; }
  /// No line follows.
  virtual void end(Story&) {}
};

struct LogFormat {
  std::string_view name;
  /// A line without any of these is no line of the format; letters of either case are equal.
  std::span<const std::string_view> words;
  std::unique_ptr<LogReader> (*make)();
};

/// All formats, by name.
std::span<const LogFormat* const> log_format_table();

}  // namespace visionops::framework
