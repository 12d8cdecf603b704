#include "operator/telemetry/message_check.h"

#include <gtest/gtest.h>

namespace visionops::telemetry {
namespace {

const PodIdentity kSender{
    "default", "detector-1-0", "pod-uid", {"TrainingJob", "default", "detector", "job-uid", 1, 1, "abc"}};

contract::TelemetryMessage message() {
  contract::TelemetryMessage m;
  m.owner = {"TrainingJob", "default", "detector", "job-uid", 1, 1, "abc"};
  m.pod = "detector-1-0";
  m.sequence = 4;
  return m;
}

int status_of(const contract::TelemetryMessage& m, const PodIdentity& sender = kSender) {
  const auto checked = check_message(contract::encode(m), sender);
  const auto* refusal = std::get_if<Refusal>(&checked);
  return refusal ? refusal->status : 204;
}

TEST(MessageCheck, TakesAMessageOfThePodThatSentIt) {
  const auto checked = check_message(contract::encode(message()), kSender);
  ASSERT_TRUE(std::holds_alternative<contract::TelemetryMessage>(checked));
  EXPECT_EQ(std::get<contract::TelemetryMessage>(checked).sequence, 4);
}

TEST(MessageCheck, ForbidsSpeakingForAnother) {
  auto other_pod = message();
  other_pod.pod = "detector-2-0";
  EXPECT_EQ(status_of(other_pod), 403);
  auto other_namespace = message();
  other_namespace.owner.namespace_ = "kube-system";
  EXPECT_EQ(status_of(other_namespace), 403);
  auto other_owner = message();
  other_owner.owner.uid = "somebody";
  EXPECT_EQ(status_of(other_owner), 403);
}

TEST(MessageCheck, ForbidsSpeakingOfAnotherRunThanThatOfThePod) {
  const auto changed = [](auto change) {
    auto m = message();
    change(m.owner);
    return status_of(m);
  };
  EXPECT_EQ(changed([](auto& owner) { owner.run = 2; }), 403);
  EXPECT_EQ(changed([](auto& owner) { owner.attempt = 2; }), 403);
  EXPECT_EQ(changed([](auto& owner) { owner.identity = "def"; }), 403);
  EXPECT_EQ(changed([](auto& owner) { owner.name = "other"; }), 403);
  EXPECT_EQ(changed([](auto& owner) { owner.kind = "Pipeline"; }), 403);
  EXPECT_EQ(changed([](auto& owner) { owner.identity = ""; }), 204) << "a sidecar of an earlier version names none";
}

TEST(MessageCheck, TellsAPodThatWorksForNobodyWhy) {
  PodIdentity idle{"default", "detector-1-0", "pod-uid"};
  idle.without_run = "the Pod belongs to no Job, so it carries out no run";
  const auto checked = check_message(contract::encode(message()), idle);
  const auto* refusal = std::get_if<Refusal>(&checked);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->status, 403);
  EXPECT_EQ(refusal->reason, idle.without_run);
  auto nobody = message();
  nobody.owner.uid = "";
  EXPECT_NE(status_of(nobody, idle), 204);
}

TEST(MessageCheck, NamesTheFieldOfAMalformedMessage) {
  const auto checked = check_message(R"({"owner": {}, "pod": 7})", kSender);
  ASSERT_TRUE(std::holds_alternative<Refusal>(checked));
  const auto& refusal = std::get<Refusal>(checked);
  EXPECT_EQ(refusal.status, 400);
  EXPECT_NE(refusal.reason.find("pod"), std::string::npos) << refusal.reason;
}

TEST(MessageCheck, ReadsOnlyBearerTokens) {
  EXPECT_EQ(bearer_token("Bearer abc.def"), "abc.def");
  EXPECT_EQ(bearer_token("Basic abc"), "");
  EXPECT_EQ(bearer_token("bearer"), "");
  EXPECT_EQ(bearer_token(""), "");
  EXPECT_EQ(bearer_token("Bearer " + std::string(20 * 1024, 'x')), "");
}

}  // namespace
}  // namespace visionops::telemetry
