// What one shard did, written into .visionops/ when it is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/result.h"
#include "worker/pipeline/materialise/materialise.h"

namespace visionops::pipeline {

struct PartFile {
  std::string path;  ///< inside the dataset folder
  std::int64_t size = 0;
  std::string sha256;

  static const Table<PartFile>& fields();
};

struct PartSkip {
  std::int64_t item = 0;  ///< index into the plan
  std::string kind;
  std::string message;

  static const Table<PartSkip>& fields();
};

struct Part {
  std::string plan;  ///< digest
  std::int32_t shard = 0;
  std::int32_t shards = 1;
  std::vector<PartFile> files;
  std::vector<PartSkip> skipped;
  std::vector<std::int64_t> no_end_mark;  ///< items, JPEG files that lack their end alone

  static const Table<Part>& fields();
};

/// Of a run under way, inside the dataset folder.
inline constexpr const char* kWorkFolder = ".visionops";

std::string part_path(std::int32_t shard, std::int32_t shards);
Status write_part(const SourceFolder& output, const Part& part);
/// nullopt when there is none of this plan.
Result<std::optional<Part>> read_part(const SourceFolder& output, const std::string& plan, std::int32_t shard,
                                      std::int32_t shards);

}  // namespace visionops::pipeline
