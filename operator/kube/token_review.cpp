#include "operator/kube/token_review.h"

#include <algorithm>

#include "base/json.h"
#include "operator/kube/codec/watch_event.h"

namespace visionops::kube {

namespace {

constexpr const char* kPath = "/apis/authentication.k8s.io/v1/tokenreviews";
constexpr const char* kPodName = "authentication.kubernetes.io/pod-name";
constexpr const char* kPodUid = "authentication.kubernetes.io/pod-uid";
constexpr std::string_view kServiceAccountPrefix = "system:serviceaccount:";

const Json& member(const Json& json, const char* key) {
  static const Json none;
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found == json.end() ? none : *found;
}

std::string text(const Json& json) { return json.is_string() ? json.get<std::string>() : std::string(); }

/// user.extra holds lists; a binding to two Pods is none.
std::string only(const Json& list) { return list.is_array() && list.size() == 1 ? text(list[0]) : std::string(); }

bool holds(const Json& list, const std::string& word) {
  return list.is_array() && std::any_of(list.begin(), list.end(), [&](const Json& item) { return text(item) == word; });
}

}  // namespace

std::string review_request(const Secret& token, const std::string& audience) {
  const Json spec{{"token", token.reveal()}, {"audiences", Json::array({audience})}};
  return dump_json({{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenReview"}, {"spec", spec}});
}

Result<std::optional<ReviewedPod>> read_review(const std::string& body, const std::string& audience) {
  const auto json = parse_json(body);
  if (!json || !member(*json, "status").is_object()) return invalid_error("the answer is not a TokenReview");
  const Json& status = member(*json, "status");
  const std::optional<ReviewedPod> nobody;
  if (member(status, "authenticated") != Json(true) || !holds(member(status, "audiences"), audience)) return nobody;
  const Json& user = member(status, "user");
  const std::string name = text(member(user, "username"));
  if (!name.starts_with(kServiceAccountPrefix)) return nobody;
  ReviewedPod pod;
  pod.namespace_ = name.substr(kServiceAccountPrefix.size());
  pod.namespace_.resize(std::min(pod.namespace_.find(':'), pod.namespace_.size()));
  pod.name = only(member(member(user, "extra"), kPodName));
  pod.uid = only(member(member(user, "extra"), kPodUid));
  if (pod.namespace_.empty() || pod.name.empty() || pod.uid.empty()) return nobody;
  return std::optional<ReviewedPod>(std::move(pod));
}

Result<std::optional<ReviewedPod>> TokenReviewer::review(const Secret& token) {
  HttpCall call;
  call.method = "POST";
  call.path = kPath;
  call.body = review_request(token, audience_);
  call.deadline = std::chrono::seconds(5);
  const auto reply = transport_->send(call);
  if (!reply) return reply.error().in("TokenReview");
  if (reply->status != 200 && reply->status != 201) return error_of_status(reply->status, reply->body, "TokenReview");
  return read_review(reply->body, audience_);
}

}  // namespace visionops::kube
