#include "operator/runtime/pass/apply_action.h"

#include <gtest/gtest.h>

#include "operator/runtime/cache/kinds.h"
#include "tests/unit/runtime/objects.h"
#include "tests/unit/runtime/recording_cluster.h"
#include "tests/unit/runtime/simulated_clock.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;

struct ApplyActionTest : testing::Test {
  SimulatedClock clock;
  local::ObjectStore store{clock};
  RecordingCluster api{store};
  Object resource = *store.create(dataset("a"));

  const api::ObjectMeta& owner() { return cluster::meta_of(resource); }
  cluster::Job job(const std::string& name = "a-1") { return job_of(owner(), "Dataset", name); }
  Result<Applied> apply(const core::Action& action) { return apply_action(api, action, resource); }
  bool has_job(const std::string& name) { return store.get({Kind::Job, "default", name}).ok(); }
};

TEST_F(ApplyActionTest, CreatesAJobAndTellsItsVersion) {
  const auto applied = apply(core::CreateJob{job()});
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_FALSE(cluster::meta_of(*applied->stored).resource_version.empty());
  EXPECT_TRUE(has_job("a-1"));
}

TEST_F(ApplyActionTest, TakesAJobThatExistsForItsOwnWhenTheOwnerIsTheSame) {
  ASSERT_TRUE(apply(core::CreateJob{job()}));
  const auto again = apply(core::CreateJob{job()});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(cluster::meta_of(*again->stored).name, "a-1");
}

TEST_F(ApplyActionTest, CreatesAServiceOnceForAllAttempts) {
  core::CreateService action;
  action.service.meta = job("a-pods").meta;
  const auto first = apply(action);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_FALSE(first->stored.has_value()) << "nobody watches Services, so nobody would see it";
  ASSERT_TRUE(apply(action));
  EXPECT_TRUE(store.get({Kind::Service, "default", "a-pods"}).ok());
  EXPECT_FALSE(has_job("a-pods"));
}

TEST_F(ApplyActionTest, WaitsForAJobOfAPredecessorWithTheSameName) {
  const Object predecessor = *store.create(dataset("b"));
  auto old = job_of(cluster::meta_of(predecessor), "Dataset", "a-1");
  ASSERT_TRUE(store.create(old));
  const auto applied = apply(core::CreateJob{job()});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().cls, ErrorClass::Retry);
  EXPECT_NE(applied.error().message.find("predecessor"), std::string::npos) << applied.error().message;
}

TEST_F(ApplyActionTest, WaitsForAJobOfItsOwnThatIsBeingDeleted) {
  auto held = job();
  held.meta.finalizers = {"example.org/hold"};
  ASSERT_TRUE(store.create(held));
  ASSERT_TRUE(store.remove({Kind::Job, "default", "a-1"}, {}));
  const auto applied = apply(core::CreateJob{job()});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().cls, ErrorClass::Retry);
}

TEST_F(ApplyActionTest, RefusesTheJobOfAStranger) {
  auto foreign = job();
  foreign.meta.labels.clear();
  ASSERT_TRUE(store.create(foreign));
  const auto applied = apply(core::CreateJob{job()});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().cls, ErrorClass::Invalid);
}

TEST_F(ApplyActionTest, DoesNotTakeAMissingNamespaceForAMissingResource) {
  api.interfere = [](const std::string&) { return not_found_error("namespace default not found"); };
  const auto applied = apply(core::CreateJob{job()});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().cls, ErrorClass::Retry);
}

TEST_F(ApplyActionTest, DeletesExactlyTheJobThatWasMeant) {
  const auto created = store.create(job());
  const std::string uid = cluster::meta_of(*created).uid;
  const auto applied = apply(core::DeleteJob{"a-1", uid});
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->removed_uid, uid);
  EXPECT_FALSE(has_job("a-1"));
}

TEST_F(ApplyActionTest, LeavesASuccessorOfTheDeletedJobAlone) {
  ASSERT_TRUE(store.create(job()));
  EXPECT_TRUE(apply(core::DeleteJob{"a-1", "uid-of-the-old-one"}));
  EXPECT_TRUE(has_job("a-1"));
}

TEST_F(ApplyActionTest, DoesNotTakeAnyConflictForProofThatTheJobIsGone) {
  const auto created = store.create(job());
  api.interfere = [](const std::string& call) {
    return call.starts_with("remove") ? std::optional(conflict_error("try again")) : std::nullopt;
  };
  const auto applied = apply(core::DeleteJob{"a-1", cluster::meta_of(*created).uid});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().cls, ErrorClass::Conflict);
}

TEST_F(ApplyActionTest, TakesADeletedJobThatIsGoneForSuccess) {
  const auto applied = apply(core::DeleteJob{"a-1", "some-uid"});
  ASSERT_TRUE(applied);
  EXPECT_TRUE(applied->removed_uid.empty());
}

TEST_F(ApplyActionTest, TakesADatasetWithTheSameLineageForItsOwnAndNoOther) {
  auto made = dataset("fusion-train-v1.0.0", "fusion");
  made.meta.annotations[std::string(core::kLineageAnnotation)] = R"({"pipeline":"p","run":1})";
  ASSERT_TRUE(apply(core::CreateDataset{made}));
  EXPECT_TRUE(apply(core::CreateDataset{made}));
  made.meta.annotations[std::string(core::kLineageAnnotation)] = R"({"pipeline":"p","run":2})";
  const auto other = apply(core::CreateDataset{made});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().cls, ErrorClass::Invalid);
  EXPECT_NE(other.error().message.find("fusion-train-v1.0.0"), std::string::npos);
}

TEST_F(ApplyActionTest, DoesNotTakeAnUnmarkedDatasetForItsOwn) {
  ASSERT_TRUE(store.create(dataset("fusion", "fusion")));
  EXPECT_FALSE(apply(core::CreateDataset{dataset("fusion", "fusion")})) << "no lineage on either side is no match";
}

TEST_F(ApplyActionTest, AddsAFinalizerOnceAndFollowsTheNewVersion) {
  const std::string before = owner().resource_version;
  ASSERT_TRUE(apply(core::AddFinalizer{"visionops.dev/files"}));
  EXPECT_NE(owner().resource_version, before);
  ASSERT_TRUE(apply(core::AddFinalizer{"visionops.dev/files"}));
  EXPECT_EQ(api.writes().size(), 1u);
  EXPECT_EQ(owner().finalizers, std::vector<std::string>{"visionops.dev/files"});
}

TEST_F(ApplyActionTest, DoesNotWriteASpecBackThatItCouldNotRead) {
  std::get<api::Dataset>(resource).problems = {{"spec.version", "is required"}};
  EXPECT_FALSE(apply(core::AddFinalizer{"visionops.dev/files"}));
  EXPECT_TRUE(api.writes().empty());
}

TEST_F(ApplyActionTest, RemovesTheLastFinalizerAndWithItTheObject) {
  ASSERT_TRUE(apply(core::AddFinalizer{"visionops.dev/files"}));
  ASSERT_TRUE(store.remove(cluster::key_of(resource), {}));
  resource = *store.get(cluster::key_of(resource));
  ASSERT_TRUE(apply(core::RemoveFinalizer{"visionops.dev/files"}));
  EXPECT_FALSE(store.get({Kind::Dataset, "default", "a"}));
  EXPECT_TRUE(apply(core::RemoveFinalizer{"visionops.dev/files"})) << "a repetition after a lost reply";
}

TEST_F(ApplyActionTest, ReportsAFinalizerConflictAsConflict) {
  auto changed = *store.get(cluster::key_of(resource));
  cluster::meta_of(changed).labels["team"] = "a";
  ASSERT_TRUE(store.update(changed));
  const auto applied = apply(core::AddFinalizer{"visionops.dev/files"});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().cls, ErrorClass::Conflict);
}

}  // namespace
}  // namespace visionops::runtime
