#include "operator/kube/codec/watch_event.h"

#include <gtest/gtest.h>

#include "operator/kube/codec/rest_path.h"

namespace visionops::kube {
namespace {

using cluster::ChangeType;
using cluster::Kind;

TEST(WatchEvent, AnExpiredVersionInsideTheStreamIsGone) {
  const auto change = parse_watch_event(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}})",
      Encoding::Json, {Kind::Pod});
  ASSERT_FALSE(change.ok());
  EXPECT_EQ(change.error().cls, ErrorClass::Gone);
  EXPECT_NE(change.error().message.find("too old resource version"), std::string::npos);
}

TEST(WatchEvent, ABookmarkMovesOnlyTheVersion) {
  const auto change = parse_watch_event(
      R"({"type":"BOOKMARK","object":{"kind":"Job","apiVersion":"batch/v1","metadata":{"resourceVersion":"4711"}}})",
      Encoding::Json, {Kind::Job});
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->type, ChangeType::Bookmark);
  EXPECT_EQ(cluster::meta_of(change->object).resource_version, "4711");
}

TEST(WatchEvent, GarbageIsRetriedAndNeverThrows) {
  for (const char* line :
       {"", "{", "[]", "42", R"({"type":"ADDED"})", R"({"type":"ADDED","object":[]})", R"({"type":7,"object":{}})",
        R"({"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"of-another-kind"}}})"}) {
    const auto change = parse_watch_event(line, Encoding::Json, {Kind::Dataset});
    ASSERT_FALSE(change.ok()) << line;
    EXPECT_EQ(change.error().cls, ErrorClass::Retry) << line;
  }
}

TEST(WatchEvent, AMalformedResourceIsDeliveredWithItsProblems) {
  const auto change = parse_watch_event(
      R"({"type":"ADDED","object":{"apiVersion":"visionops.dev/v1alpha1","kind":"Dataset","metadata":{"name":"old","namespace":"a"},"spec":{"group":7}}})",
      Encoding::Json, {Kind::Dataset});
  ASSERT_TRUE(change.ok());
  EXPECT_FALSE(std::get<api::Dataset>(change->object).problems.empty());
}

TEST(ErrorOfStatus, TellsConflictFromAlreadyExists) {
  EXPECT_EQ(error_of_status(409, R"({"reason":"Conflict"})", "x").cls, ErrorClass::Conflict);
  EXPECT_EQ(error_of_status(409, R"({"reason":"AlreadyExists"})", "x").cls, ErrorClass::AlreadyExists);
}

TEST(ErrorOfStatus, ClassesOfTheOtherCodes) {
  EXPECT_EQ(error_of_status(404, "", "x").cls, ErrorClass::NotFound);
  EXPECT_EQ(error_of_status(410, "", "x").cls, ErrorClass::Gone);
  EXPECT_EQ(error_of_status(422, R"({"message":"spec.group: bad"})", "x").cls, ErrorClass::Invalid);
  EXPECT_EQ(error_of_status(401, "", "x").cls, ErrorClass::Retry);
  EXPECT_EQ(error_of_status(500, "<html>", "x").cls, ErrorClass::Retry);
}

TEST(ErrorOfStatus, NothingCanBeMadeInANamespaceThatEnds) {
  const char* kForbidden = R"({"reason":"Forbidden","details":{"causes":[{"reason":"NamespaceTerminating"}]}})";
  EXPECT_EQ(error_of_status(403, kForbidden, "x").cls, ErrorClass::Gone);
  EXPECT_EQ(error_of_status(403, R"({"reason":"Forbidden"})", "x").cls, ErrorClass::Retry) << "a role may be granted";
}

TEST(RestPath, NamesGroupVersionAndNamespace) {
  EXPECT_EQ(collection_path(Kind::Job, "team-a"), "/apis/batch/v1/namespaces/team-a/jobs");
  EXPECT_EQ(collection_path(Kind::Pod, ""), "/api/v1/pods");
  EXPECT_EQ(object_path({Kind::TrainingJob, "a", "t"}, "status"),
            "/apis/visionops.dev/v1alpha1/namespaces/a/trainingjobs/t/status");
}

TEST(RestPath, ANameCannotLeaveItsPath) {
  EXPECT_EQ(object_path({Kind::Pod, "a", "../../secrets"}), "/api/v1/namespaces/a/pods/..%2F..%2Fsecrets");
}

TEST(RestPath, SelectorsAreEncoded) {
  EXPECT_EQ(label_selector({{"visionops.dev/kind", "Dataset"}, {"a", "b"}}), "a%3Db%2Cvisionops.dev%2Fkind%3DDataset");
}

}  // namespace
}  // namespace visionops::kube
