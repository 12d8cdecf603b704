#include "operator/telemetry/message_check.h"

namespace visionops::telemetry {

namespace {

constexpr std::size_t kMaxTokenBytes = 16 * 1024;

}  // namespace

std::variant<contract::TelemetryMessage, Refusal> check_message(const std::string& body, const PodIdentity& sender) {
  Problems problems;
  auto message = contract::decode_telemetry_message(body, problems);
  if (!message) return Refusal{400, problems.empty() ? "not a telemetry message" : describe(problems)};
  if (message->pod != sender.name) return Refusal{403, "pod: the token belongs to another Pod"};
  if (message->owner.namespace_ != sender.namespace_)
    return Refusal{403, "owner.namespace: the token belongs to another namespace"};
  if (sender.owner_uid.empty() || message->owner.uid != sender.owner_uid) {
    return Refusal{403, "owner.uid: the Pod does not work for this resource"};
  }
  return std::move(*message);
}

std::string bearer_token(const std::string& header) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!header.starts_with(kScheme) || header.size() > kMaxTokenBytes) return "";
  return header.substr(kScheme.size());
}

}  // namespace visionops::telemetry
