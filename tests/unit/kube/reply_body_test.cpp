#include "operator/kube/codec/reply_body.h"

#include <gtest/gtest.h>

namespace visionops::kube {
namespace {

using cluster::Kind;

const cluster::ObjectKey kRoads{Kind::Dataset, "lab", "roads"};

TEST(ReplyBody, IsTheObjectThatWasAskedFor) {
  const auto object = decode_reply(
      R"({"apiVersion":"visionops.dev/v1alpha1","kind":"Dataset","metadata":{"namespace":"lab","name":"roads","resourceVersion":"7"}})",
      {Kind::Dataset}, kRoads);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(cluster::meta_of(*object).resource_version, "7");
}

// As Invalid it would say that the API server refuses what was written, which then waits for minutes.
TEST(ReplyBody, OfAnyOtherContentIsRetriedAndSaysNothingAboutTheRequest) {
  for (
      const char* body :
      {"", "{}", "[]", "7", "null", "<html></html>", R"({"kind":"Status","apiVersion":"v1","status":"Success"})",
       R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"roads","namespace":"lab"}})",
       R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"roads","namespace":"lab"}})",
       R"({"kind":"Dataset","apiVersion":"visionops.dev/v1alpha1","metadata":{"name":"roads","namespace":"other"}})",
       R"({"kind":"Dataset","apiVersion":"visionops.dev/v1alpha1","metadata":{"name":7}})",
       R"({"kind":"Dataset","apiVersion":"visionops.dev/v1alpha1","metadata":{"name":"streets","namespace":"lab"}})"}) {
    const auto object = decode_reply(body, {Kind::Dataset}, kRoads);
    ASSERT_FALSE(object.ok()) << body;
    EXPECT_EQ(object.error().cls, ErrorClass::Retry) << body;
  }
}

}  // namespace
}  // namespace visionops::kube
