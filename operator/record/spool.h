// Records that could not be written before the process ended, kept in a file until the next start.
// One JSON object a line: {"kind": "Dataset", "record": {...}}.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "operator/core/record.h"

namespace visionops::record {

std::string encode_record(const core::Record& record);
std::optional<core::Record> decode_record(const std::string& line);

struct SpoolContent {
  std::vector<core::Record> records;
  std::size_t damaged_lines = 0;  ///< left out
};

/// An absent file is an empty spool. At most 256 MiB are read.
Result<SpoolContent> read_spool(const std::filesystem::path& path);
/// Replaces the file atomically (mode 0600, synced); no records remove it.
Status write_spool(const std::filesystem::path& path, const std::vector<core::Record>& records);

}  // namespace visionops::record
