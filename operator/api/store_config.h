// A store that the administrator declares: a name alone is a PersistentVolumeClaim. PURE.
#pragma once

#include <string>

#include "base/fields.h"

namespace visionops::api {

enum class StoreKind {
  PVC,  ///< the claim visionops-store-NAME in the namespace of the resource
  S3,   ///< a bucket
};

struct S3StoreConfig {
  std::string endpoint;
  std::string region = "us-east-1";
  std::string bucket;
  std::string prefix;
  bool path_style = true;
  std::string secret_name;
  std::string ca_config_map;
};

/// Decoded from a mapping, or from a string that is the name.
struct StoreConfig {
  std::string name;
  StoreKind kind = StoreKind::PVC;
  S3StoreConfig s3;
};

/// What must hold between the fields of one store; `path` is its place in the configuration.
void check_store(const StoreConfig& store, const std::string& path, Problems& problems);

}  // namespace visionops::api

namespace visionops {
template <>
struct EnumNames<api::StoreKind> {
  using E = api::StoreKind;
  static constexpr std::array<std::pair<E, std::string_view>, 2> values{{{E::PVC, "PVC"}, {E::S3, "S3"}}};
};
VISIONOPS_DECLARE_FIELDS(api::S3StoreConfig);
VISIONOPS_DECLARE_FIELDS(api::StoreConfig);
}  // namespace visionops
