#include "operator/telemetry/message_check.h"

#include <gtest/gtest.h>

namespace visionops::telemetry {
namespace {

const PodIdentity kSender{"default", "detector-1-0", "pod-uid", "job-uid"};

contract::TelemetryMessage message() {
  contract::TelemetryMessage m;
  m.owner = {"TrainingJob", "default", "detector", "job-uid", 1, 1};
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

TEST(MessageCheck, ForbidsPodsThatWorkForNobody) {
  auto nobody = message();
  nobody.owner.uid = "";
  EXPECT_NE(status_of(nobody, {"default", "detector-1-0", "pod-uid", ""}), 204);
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
