#include "operator/core/pod_stores.h"

#include <map>
#include <string_view>
#include <utility>

#include "worker/contract/store_location.h"

namespace visionops::core {

namespace {

std::string claim_volume(const std::string& store) { return "store-" + store; }
std::string keys_volume(const std::string& store) { return "store-keys-" + store; }
std::string authorities_volume(const std::string& store) { return "store-ca-" + store; }

std::string folder_in(const char* root, const std::string& store) { return std::string(root) + "/" + store; }

std::map<std::string, bool> writable_by_store(const std::vector<StoreAccess>& stores) {
  std::map<std::string, bool> out;
  for (const auto& s : stores) out[s.store] = out[s.store] || s.writable;
  return out;
}

/// Teams share a bucket, not what is in it.
std::string prefix_for(std::string prefix, const std::string& name_space) {
  constexpr std::string_view kPlace = "{namespace}";
  if (const auto at = prefix.find(kPlace); at != std::string::npos) prefix.replace(at, kPlace.size(), name_space);
  return prefix;
}

void add_bucket(cluster::Container& container, const std::string& store, contract::S3Location location,
                const S3Store& bucket, bool writable) {
  location.read_only = !writable;
  if (!bucket.secret.empty()) {
    location.credentials_folder = folder_in(kStoreKeysRoot, store);
    container.mounts.push_back({keys_volume(store), location.credentials_folder, "", true});
  }
  if (!bucket.ca_config_map.empty()) {
    const auto folder = folder_in(kStoreAuthoritiesRoot, store);
    location.ca_file = folder + "/ca.crt";
    container.mounts.push_back({authorities_volume(store), folder, "", true});
  }
  container.env.push_back({contract::store_env(store), contract::encode(location)});
}

}  // namespace

void add_stores(cluster::Container& container, const std::vector<StoreAccess>& stores, const std::string& name_space,
                const Platform& platform) {
  for (const auto& [store, writable] : writable_by_store(stores)) {
    if (const auto bucket = platform.s3_stores.find(store); bucket != platform.s3_stores.end()) {
      auto location = bucket->second.location;
      location.prefix = prefix_for(std::move(location.prefix), name_space);
      add_bucket(container, store, std::move(location), bucket->second, writable);
    } else {
      container.mounts.push_back({claim_volume(store), folder_in(kStoresRoot, store), "", !writable});
    }
  }
}

std::vector<cluster::Volume> store_volumes(const std::vector<StoreAccess>& stores, const Platform& platform) {
  std::vector<cluster::Volume> out;
  for (const auto& [store, writable] : writable_by_store(stores)) {
    const auto bucket = platform.s3_stores.find(store);
    if (bucket == platform.s3_stores.end()) {
      out.push_back({claim_volume(store), cluster::StoreVolume{store}});
      continue;
    }
    if (const auto& secret = bucket->second.secret; !secret.empty()) {
      out.push_back({keys_volume(store), cluster::SecretVolume{secret}});
    }
    if (const auto& map = bucket->second.ca_config_map; !map.empty()) {
      out.push_back({authorities_volume(store), cluster::ConfigMapVolume{map}});
    }
  }
  return out;
}

}  // namespace visionops::core
