#include "worker/prepare/weights.h"

#include "worker/prepare/fetched_file.h"

namespace visionops::prepare {

namespace {

Result<std::string> in_mounted_store(storage::StorageClient& store, const contract::WeightsFile& weights,
                                     const std::filesystem::path& folder) {
  const auto there = store.stat(weights.path);
  if (!there) return there.error();
  const auto path = (folder / weights.path).string();
  if (weights.sha256.empty()) return path;
  if (there->directory) return invalid_error(weights.path + " is a folder, of which there is no sha256");
  const auto found = store.digest(weights.path);
  if (!found) return found.error();
  if (found->sha256 == weights.sha256) return path;
  return invalid_error(weights.path + " has sha256 " + found->sha256 + ", not " + weights.sha256);
}

}  // namespace

Result<std::string> find_weights(const contract::WeightsFile& weights, const std::filesystem::path& job,
                                 const Surroundings& surroundings) {
  const auto context = "framework.weights (store " + weights.store + ")";
  const auto store = surroundings.open_store(weights.store);
  if (!store) return store.error().in("framework.weights");
  if (const auto folder = surroundings.folder_of_store(weights.store)) {
    auto path = in_mounted_store(**store, weights, *folder);
    return path ? std::move(path) : path.error().in(context);
  }
  const auto fetched =
      fetch_file(**store, weights.path, job / "weights", file_name_of(weights.path), {weights.sha256, -1});
  if (!fetched) return fetched.error().in(context);
  return fetched->string();
}

}  // namespace visionops::prepare
