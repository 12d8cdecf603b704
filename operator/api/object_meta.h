// metav1.ObjectMeta, the part that VisionOps reads or writes.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/fields/fields.h"

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

/// How a kind of ours is called, and in a sentence what it is.
struct ResourceKind {
  std::string_view name;        ///< "TrainingJob"
  std::string_view plural;      ///< the singular with an s
  std::string_view short_name;  ///< of the command line and of the names of Jobs
  std::string_view description;
  bool ends = true;  ///< its runs succeed or fail, and then nothing is left to do; false: it goes on as long as it is
};

/// A kind of ours, as the rest of the house takes it. Its status begins like that of every other.
template <class T>
concept Resource = requires(const T& resource) {
  { T::kKind } -> std::convertible_to<ResourceKind>;
  resource.meta;
  resource.spec;
  resource.problems;
  resource.status.observed_generation;
  resource.status.phase;
  resource.status.message;
  resource.status.conditions;
};

/// A kind whose runs end: in phase Succeeded or Failed.
template <class T>
concept EndingResource = Resource<T> && T::kKind.ends && requires(const T& resource) {
  std::remove_cvref_t<decltype(resource.status.phase)>::Succeeded;
  std::remove_cvref_t<decltype(resource.status.phase)>::Failed;
  resource.status.run;
};

inline constexpr std::string_view kGroup = "visionops.dev";
inline constexpr std::string_view kApiVersion = "visionops.dev/v1alpha1";

}  // namespace visionops::api
