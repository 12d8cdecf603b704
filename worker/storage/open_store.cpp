// Which implementation a declared store has.
#include <cstdlib>

#include "base/fields/fields.h"
#include "base/names.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/store_location.h"
#include "worker/storage/s3/open_s3_store.h"
#include "worker/storage/storage_client.h"
#include "worker/storage/store_folder.h"

namespace visionops::storage {
namespace {

Result<std::shared_ptr<StorageClient>> open_bucket(const std::string& text) {
  Problems problems;
  const auto location = contract::decode_s3_location(text, problems);
  if (!problems.empty()) return invalid_error(describe(problems));
  const auto credentials = read_s3_credentials(location);
  if (!credentials) return credentials.error();
  return open_s3_store(location, *credentials);
}

/// The text that tells of a bucket; nullptr: the store is a folder.
const char* bucket_of(const std::string& name) {
  const char* bucket = std::getenv(contract::store_env(name).c_str());
  return bucket != nullptr && *bucket != '\0' ? bucket : nullptr;
}

std::string folder_path(const std::string& name) {
  const char* stores = std::getenv(contract::kStoresEnv);
  return std::string(stores != nullptr && *stores != '\0' ? stores : "/stores") + "/" + name;
}

}  // namespace

std::optional<std::filesystem::path> folder_of_store(const std::string& name) {
  if (!is_dns_label(name) || bucket_of(name) != nullptr) return std::nullopt;
  return std::filesystem::absolute(folder_path(name));
}

Result<std::shared_ptr<StorageClient>> open_store(const std::string& name) {
  if (!is_dns_label(name)) return invalid_error("store \"" + name + "\": is not a DNS label");
  const char* bucket = bucket_of(name);
  auto store = bucket != nullptr ? open_bucket(bucket) : open_local_store(folder_path(name));
  return store.ok() ? store : store.error().in("store \"" + name + "\"");
}

}  // namespace visionops::storage
