// metav1.ObjectMeta, the part that VisionOps reads or writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fields.h"

namespace visionops::api {

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  bool controller = false;
  bool block_owner_deletion = false;
  bool operator==(const OwnerReference&) const = default;

  static const Table<OwnerReference>& fields();
};

struct ObjectMeta {
  std::string name;
  std::string namespace_;
  std::string uid;
  std::string resource_version;  ///< opaque to users; decimal and comparable per kind (KEP-5647)
  std::int64_t generation = 0;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::vector<std::string> finalizers;
  std::vector<OwnerReference> owner_references;
  TimePoint creation_timestamp{};
  std::optional<TimePoint> deletion_timestamp;
  bool operator==(const ObjectMeta&) const = default;

  static const Table<ObjectMeta>& fields();
};

inline constexpr std::string_view kGroup = "visionops.dev";
inline constexpr std::string_view kApiVersion = "visionops.dev/v1alpha1";

}  // namespace visionops::api
