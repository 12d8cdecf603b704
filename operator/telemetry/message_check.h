// May this Pod send this message? Decided without I/O. PURE.
#pragma once

#include <string>
#include <variant>

#include "operator/telemetry/pod_identity.h"
#include "worker/contract/telemetry.h"

namespace visionops::telemetry {

/// An HTTP status and one line for the sender; never a part of the token or the body.
struct Refusal {
  int status = 400;
  std::string reason;
};

/// Malformed: 400. A message about another Pod, namespace, resource or run than the token's: 403.
std::variant<contract::TelemetryMessage, Refusal> check_message(const std::string& body, const PodIdentity& sender);

/// The token of "Authorization: Bearer TOKEN"; empty for every other header.
std::string bearer_token(const std::string& header);

}  // namespace visionops::telemetry
