// Which implementation a declared store has.
#include <cstdlib>

#include "base/fields/fields.h"
#include "base/names.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/store_location.h"
#include "worker/storage/s3/open_s3_store.h"
#include "worker/storage/storage_client.h"

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

Result<std::shared_ptr<StorageClient>> open_folder_of(const std::string& name) {
  const char* stores = std::getenv(contract::kStoresEnv);
  return open_local_store(std::string(stores != nullptr && *stores != '\0' ? stores : "/stores") + "/" + name);
}

}  // namespace

Result<std::shared_ptr<StorageClient>> open_store(const std::string& name) {
  if (!is_dns_label(name)) return invalid_error("store \"" + name + "\": is not a DNS label");
  const char* bucket = std::getenv(contract::store_env(name).c_str());
  auto store = bucket != nullptr && *bucket != '\0' ? open_bucket(bucket) : open_folder_of(name);
  return store.ok() ? store : store.error().in("store \"" + name + "\"");
}

}  // namespace visionops::storage
