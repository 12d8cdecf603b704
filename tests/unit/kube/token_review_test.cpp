#include "operator/kube/token_review.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace visionops::kube {
namespace {

constexpr const char* kAudience = "visionops.dev/telemetry";

// The status as kube-apiserver 1.34 answers it for a token that is bound to a Pod.
Json answer() {
  return Json::parse(R"({"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","status":{
    "authenticated":true,"audiences":["visionops.dev/telemetry"],
    "user":{"username":"system:serviceaccount:team-a:default","uid":"1","groups":["system:serviceaccounts"],
      "extra":{"authentication.kubernetes.io/pod-name":["trainer-0"],
               "authentication.kubernetes.io/pod-uid":["5b8a"],
               "authentication.kubernetes.io/credential-id":["JTI=1"]}}}})");
}

std::optional<ReviewedPod> read(const Json& json) {
  auto pod = read_review(json.dump(), kAudience);
  EXPECT_TRUE(pod);
  return pod ? *pod : std::nullopt;
}

TEST(TokenReview, NamesThePodThatTheTokenIsBoundTo) {
  EXPECT_EQ(read(answer()), (ReviewedPod{"team-a", "trainer-0", "5b8a"}));
}

TEST(TokenReview, AsksForOurAudienceOnly) {
  const auto request = parse_json(review_request(Secret("abc\"def"), kAudience));
  ASSERT_TRUE(request);
  EXPECT_EQ((*request)["spec"], Json::parse(R"({"token":"abc\"def","audiences":["visionops.dev/telemetry"]})"));
}

TEST(TokenReview, BelievesNothingLess) {
  const char* changes[] = {
      R"([{"op":"replace","path":"/status/authenticated","value":false}])",
      R"([{"op":"replace","path":"/status/authenticated","value":"true"}])",
      R"([{"op":"replace","path":"/status/audiences","value":["https://kubernetes.default.svc"]}])",
      R"([{"op":"remove","path":"/status/audiences"}])",
      R"([{"op":"replace","path":"/status/user/username","value":"system:node:a"}])",
      R"([{"op":"replace","path":"/status/user/username","value":"system:serviceaccount:"}])",
      R"([{"op":"remove","path":"/status/user/extra"}])",
      R"([{"op":"replace","path":"/status/user/extra/authentication.kubernetes.io~1pod-name","value":["a","b"]}])",
      R"([{"op":"replace","path":"/status/user/extra/authentication.kubernetes.io~1pod-uid","value":"5b8a"}])",
  };
  for (const char* change : changes) EXPECT_EQ(read(answer().patch(Json::parse(change))), std::nullopt) << change;
}

TEST(TokenReview, DoesNotTakeAnotherAnswerForAVerdict) {
  for (const char* body : {"", "[]", "{}", R"({"status":"Failure"})"})
    EXPECT_FALSE(read_review(body, kAudience)) << body;
}

}  // namespace
}  // namespace visionops::kube
