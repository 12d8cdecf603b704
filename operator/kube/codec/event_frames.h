// Where the events of a watch begin and end: JSON stands in lines, protobuf behind its length (four bytes, big-endian).
// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding PURE.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "operator/kube/codec/encoding.h"

namespace visionops::kube {

/// Takes whole events from the beginning of `unread`, until `on_event` wants no more (false). `ended`: nothing will
/// follow, so that a line may lack its end. Retry for an event that is longer than kMostOfObject, and for one whose
/// rest never came.
Result<bool> take_events(std::string& unread, Encoding encoding, bool ended,
                         const std::function<bool(const std::string&)>& on_event);

}  // namespace visionops::kube
