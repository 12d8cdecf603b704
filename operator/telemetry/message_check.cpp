#include "operator/telemetry/message_check.h"

namespace visionops::telemetry {

namespace {

constexpr std::size_t kMaxTokenBytes = 16 * 1024;

std::string number_text(const contract::RunOwner& run) {
  return "run " + std::to_string(run.run) + ", attempt " + std::to_string(run.attempt);
}

/// Why a Pod that carries out `own` may not speak of `about`; "" when it may. A sidecar of an earlier version names no
/// identity.
std::string not_its_run(const contract::RunOwner& about, const contract::RunOwner& own) {
  if (about.namespace_ != own.namespace_) return "owner.namespace: the token belongs to another namespace";
  if (about.uid != own.uid || about.kind != own.kind || about.name != own.name) {
    return "owner.uid: the Pod does not work for this resource";
  }
  if (about.run != own.run || about.attempt != own.attempt) return "owner.run: the Pod carries out " + number_text(own);
  if (!about.identity.empty() && about.identity != own.identity) return "owner.identity: is not that of the Pod's run";
  return "";
}

}  // namespace

std::variant<contract::TelemetryMessage, Refusal> check_message(const std::string& body, const PodIdentity& sender) {
  Problems problems;
  auto message = contract::decode_telemetry_message(body, problems);
  if (!message) return Refusal{400, problems.empty() ? "not a telemetry message" : describe(problems)};
  if (message->pod != sender.name) return Refusal{403, "pod: the token belongs to another Pod"};
  if (sender.run.uid.empty()) return Refusal{403, sender.without_run};
  if (auto why = not_its_run(message->owner, sender.run); !why.empty()) return Refusal{403, std::move(why)};
  return std::move(*message);
}

std::string bearer_token(const std::string& header) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!header.starts_with(kScheme) || header.size() > kMaxTokenBytes) return "";
  return header.substr(kScheme.size());
}

}  // namespace visionops::telemetry
