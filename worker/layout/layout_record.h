// What stands in a finished layout, for the next start of the same run: of what it was made, and what is to be said.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/fields.h"

namespace visionops::layout {

/// Below the folder of the layout; no picture or label has such a name.
inline constexpr const char* kRecordFile = ".visionops-layout.json";

struct SplitCounts {
  std::string split;  ///< "train", "val", "test"
  std::int64_t images_in = 0;
  std::int64_t images_out = 0;
  std::int64_t renamed = 0;
  std::int64_t objects_in = 0;
  std::int64_t objects_out = 0;

  static const Table<SplitCounts>& fields();
};

struct LayoutRecord {
  std::string key;  ///< digest of everything that decides what the layout is
  std::int32_t classes = 0;
  std::vector<SplitCounts> splits;
  std::map<std::string, std::int64_t> loss;  ///< by LossKind, all of it allowed
  std::vector<std::string> remarks;          ///< for people

  static const Table<LayoutRecord>& fields();
};

std::string encode(const LayoutRecord& record);
/// The record of the layout in `folder`; nullopt when there is none that is whole.
std::optional<LayoutRecord> read_record(const std::filesystem::path& folder);

}  // namespace visionops::layout
