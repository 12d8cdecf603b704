// What the preparation of a run needs from its surroundings: the worker's command gives the real ones.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "worker/contract/telemetry.h"
#include "worker/storage/storage_client.h"

namespace visionops::prepare {

struct Surroundings {
  std::filesystem::path pod_dir;  ///< absolute
  std::function<Result<std::shared_ptr<storage::StorageClient>>(const std::string& store)> open_store;
  /// Where a mounted store lies; nullopt for a bucket.
  std::function<std::optional<std::filesystem::path>(const std::string& store)> folder_of_store;
  std::function<void(const contract::Progress&)> progress;  ///< one call at a time, from any thread; may be empty
  std::function<void(const std::string&)> remark;           ///< for people
  unsigned threads = 0;                                     ///< 0: all cores
  std::stop_token stop;
};

}  // namespace visionops::prepare
