// Executes a plan: every output image copied, linked or recoded, over all cores and over shards. What is
// written depends on the plan alone, not on threads, shards or order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/storage/storage_client.h"

namespace visionops::pipeline {

struct SourceFolder {
  std::shared_ptr<storage::StorageClient> store;
  std::string folder;  ///< of the dataset inside the store; "" for its root
};

enum class WrittenBy { Copy, Link, Recode, EarlierRun };

struct WrittenImage {
  std::uint32_t item = 0;  ///< index into plan.items
  storage::StoredFile file;
  WrittenBy how = WrittenBy::Copy;
  bool no_end_mark = false;  ///< a JPEG that lacks its end alone
};

struct MaterialiseInput {
  const Plan& plan;
  const std::vector<SourceFolder>& sources;  ///< in the order of the run
  SourceFolder output;
  ImageMode images = ImageMode::Copy;
  std::int32_t shard = 0;  ///< this call does the items i with i % shards == shard
  std::int32_t shards = 1;
  unsigned threads = 0;  ///< 0: all cores
  /// Files that stand in the output already were made by an interrupted run of this very plan: they are
  /// hashed instead of made again when they are whole. Otherwise they are replaced.
  bool trust_existing = false;
  std::stop_token stop;
  /// Called once for each image that stands in the output, on the thread that made it: for what belongs beside it.
  std::function<Status(const WrittenImage& image)> beside;
  /// Called after each item with the number done, from any thread, one call at a time, never backwards.
  std::function<void(std::int64_t done)> progress;
};

struct SkippedImage {
  std::uint32_t item = 0;
  std::string kind;
  std::string message;
};

struct Materialised {
  std::vector<WrittenImage> written;  ///< by item, ascending
  std::vector<SkippedImage> skipped;  ///< damaged, missing, unsupported; by item, ascending
};

/// Stops at the first error of a store (its class is kept) and with Cancelled when asked to stop; what was
/// written so far stays and is whole. A bad image is no error: it is skipped.
Result<Materialised> materialise(const MaterialiseInput& input);

/// "folder/path", or `path` when the folder is "".
std::string path_in(const std::string& folder, const std::string& path);

}  // namespace visionops::pipeline
