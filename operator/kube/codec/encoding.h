// How the API server writes. PURE.
#pragma once

#include <cstddef>
#include <string_view>

namespace visionops::kube {

enum class Encoding { Json, Protobuf };

inline constexpr const char* kProtobufType = "application/vnd.kubernetes.protobuf";

/// JSON for whatever is not protobuf.
inline Encoding encoding_of(std::string_view content_type) {
  return content_type.starts_with(kProtobufType) ? Encoding::Protobuf : Encoding::Json;
}

/// Bytes of one object, beyond which nothing is read. Kubernetes' own end at 1.5 MiB.
inline constexpr std::size_t kMostOfObject = std::size_t{16} << 20;

}  // namespace visionops::kube
