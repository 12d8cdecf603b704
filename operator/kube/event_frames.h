// Where the events of a watch begin and end: JSON stands in lines, protobuf behind its length (four bytes, big-endian).
// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding PURE.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::kube {

enum class Encoding { Json, Protobuf };

/// JSON for whatever is not protobuf.
Encoding encoding_of(std::string_view content_type);

/// Of one event. Kubernetes' objects end at 1.5 MiB.
inline constexpr std::size_t kMostOfEvent = std::size_t{16} << 20;

/// The bytes of one watch, cut into events.
class EventFrames {
 public:
  explicit EventFrames(Encoding encoding) : encoding_(encoding) {}

  /// Bytes that have come are appended here.
  std::string& pending() { return pending_; }
  /// Gives each whole event, until `on_event` wants no more (false). `ended`: nothing will follow, so that a line may
  /// lack its end. Retry for an event that is too long, and for one whose rest never came.
  Result<bool> give(const std::function<bool(const std::string&)>& on_event, bool ended);

 private:
  bool give_lines(const std::function<bool(const std::string&)>& on_event);
  bool give_frames(const std::function<bool(const std::string&)>& on_event);

  Encoding encoding_;
  std::string pending_;
};

}  // namespace visionops::kube
