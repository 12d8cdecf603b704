// The parts of Kubernetes' protobuf messages that anybody here reads, as tables: number and name of each field.
// Source: generated.proto of k8s.io/api (core/v1, batch/v1) and k8s.io/apimachinery (meta/v1); the numbers never
// change.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

/// Every answer in protobuf begins with it.
inline constexpr std::string_view kProtoMagic("k8s\0", 4);

/// Time: metav1.Time. TextMap: map<string, string>.
enum class ProtoType { Text, Integer, Flag, Time, TextMap, Message };

struct ProtoField {
  std::uint32_t number;
  const char* name;  ///< in JSON
  ProtoType type = ProtoType::Text;
  std::span<const ProtoField> message{};  ///< of ProtoType::Message
  bool repeated = false;                  ///< of Text and Message: a list
};

/// Jobs and Pods without containers, volumes and template; of other kinds nothing: they are read as JSON.
std::span<const ProtoField> proto_fields(cluster::Kind kind);
/// metav1.Status
std::span<const ProtoField> proto_status_fields();

}  // namespace visionops::kube
