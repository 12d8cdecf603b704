// A store that the administrator declares: a name alone is a PersistentVolumeClaim. PURE.
#pragma once

#include <string>

#include "base/fields/fields.h"

namespace visionops::api {

enum class StoreKind {
  PVC,  ///< the claim visionops-store-NAME in the namespace of the resource
  S3,   ///< a bucket
};
constexpr auto names_of(StoreKind) {
  using enum StoreKind;
  return std::to_array<Named<StoreKind>>({{PVC, "PVC"}, {S3, "S3"}});
}

struct S3StoreConfig {
  std::string endpoint;
  std::string region = "us-east-1";
  std::string bucket;
  std::string prefix;
  bool path_style = true;
  std::string secret_name;
  std::string ca_config_map;

  static const Table<S3StoreConfig>& fields();
};

/// Decoded from a mapping, or from a string that is the name.
struct StoreConfig {
  std::string name;
  StoreKind kind = StoreKind::PVC;
  S3StoreConfig s3;

  static const Table<StoreConfig>& fields();
};

/// What must hold between the fields of one store; `path` is its place in the configuration.
void check_store(const StoreConfig& store, const std::string& path, Problems& problems);

}  // namespace visionops::api

namespace visionops {
template <>
struct TypeOf<api::StoreConfig> {
  static const ValueType& get();
};
}  // namespace visionops
