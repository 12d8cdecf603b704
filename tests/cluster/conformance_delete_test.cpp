// Deletion: preconditions, finalizers, garbage collection.
#include "tests/cluster/conformance.h"

namespace visionops::test {
namespace {

TEST_P(ClusterApiConformance, ARemovedObjectIsGoneAndItsNameIsFreeForAnother) {
  const auto first = created(dataset("a"));
  ASSERT_TRUE(api().remove(cluster::key_of(first), {}).ok());
  EXPECT_FALSE(exists(first));
  EXPECT_NE(created(dataset("a")).meta.uid, first.meta.uid);
}

TEST_P(ClusterApiConformance, RemoveWithAnotherUidOrVersionIsAConflict) {
  auto object = created(dataset("a"));
  const std::string old_version = object.meta.resource_version;
  object.meta.labels["x"] = "y";
  object = updated(object);
  const auto key = cluster::key_of(object);
  const std::string other = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(api().remove(key, {other, std::nullopt}).error().cls, ErrorClass::Conflict);
  EXPECT_EQ(api().remove(key, {std::nullopt, old_version}).error().cls, ErrorClass::Conflict);
  EXPECT_TRUE(exists(object));
  EXPECT_TRUE(api().remove(key, {object.meta.uid, object.meta.resource_version}).ok());
  EXPECT_FALSE(exists(object));
}

TEST_P(ClusterApiConformance, AFinalizerHoldsTheObjectUntilItIsTakenAway) {
  auto object = dataset("a");
  object.meta.finalizers = {"visionops.dev/files", "visionops.dev/other"};
  object = created(object);
  const auto key = cluster::key_of(object);
  ASSERT_TRUE(api().remove(key, {}).ok());
  ASSERT_TRUE(api().remove(key, {}).ok()) << "a second removal is none";

  auto leaving = live(object);
  EXPECT_TRUE(leaving.meta.deletion_timestamp.has_value());
  EXPECT_EQ(leaving.meta.uid, object.meta.uid);
  leaving.status.message = "cleaning up";
  leaving = status_updated(leaving);
  EXPECT_EQ(live(object).status.message, "cleaning up");

  leaving.meta.finalizers = {"visionops.dev/other"};
  leaving = updated(leaving);
  ASSERT_TRUE(exists(object));
  leaving.meta.finalizers.clear();
  ASSERT_TRUE(api().update(leaving).ok());
  EXPECT_FALSE(exists(object));
}

TEST_P(ClusterApiConformance, NoFinalizerCanBeAddedToALeavingObject) {
  auto object = dataset("a");
  object.meta.finalizers = {"visionops.dev/files"};
  object = created(object);
  ASSERT_TRUE(api().remove(cluster::key_of(object), {}).ok());
  auto leaving = live(object);
  leaving.meta.finalizers.push_back("visionops.dev/late");
  const auto result = api().update(leaving);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().cls, ErrorClass::Invalid);
  leaving.meta.finalizers.clear();
  EXPECT_TRUE(api().update(leaving).ok());
}

TEST_P(ClusterApiConformance, ChildrenGoWithTheirControllerOwner) {
  const auto owner = created(pipeline("owner"));
  auto child = job("child");
  child.meta.owner_references = {controlled_by(owner)};
  child = created(child);
  const auto stranger = created(job("stranger"));
  ASSERT_TRUE(api().remove(cluster::key_of(owner), {}).ok());
  EXPECT_TRUE(eventually([&] { return !exists(child); }));
  EXPECT_TRUE(exists(stranger));
}

TEST_P(ClusterApiConformance, AServiceGoesWithItsOwner) {
  const auto owner = created(pipeline("owner"));
  cluster::Service service;
  service.meta.name = "vtj-a-pods";
  service.meta.namespace_ = namespace_;
  service.meta.owner_references = {controlled_by(owner)};
  service.selector = {{"visionops.dev/uid", owner.meta.uid}};
  created(service);
  ASSERT_TRUE(api().remove(cluster::key_of(owner), {}).ok());
  EXPECT_TRUE(eventually([&] { return !exists(service); }));
}

TEST_P(ClusterApiConformance, GrandchildrenGoToo) {
  const auto owner = created(pipeline("owner"));
  auto child = dataset("child");
  child.meta.owner_references = {controlled_by(owner)};
  child = created(child);
  auto grandchild = job("grandchild");
  grandchild.meta.owner_references = {controlled_by(child)};
  grandchild = created(grandchild);
  ASSERT_TRUE(api().remove(cluster::key_of(owner), {}).ok());
  EXPECT_TRUE(eventually([&] { return !exists(child) && !exists(grandchild); }));
}

TEST_P(ClusterApiConformance, AChildOfAnOwnerThatIsGoneAlreadyDoesNotStay) {
  const auto owner = created(pipeline("owner"));
  ASSERT_TRUE(api().remove(cluster::key_of(owner), {}).ok());
  auto child = job("child");
  child.meta.owner_references = {controlled_by(owner)};
  ASSERT_TRUE(api().create(child).ok());
  EXPECT_TRUE(eventually([&] { return !exists(child); }));
}

TEST_P(ClusterApiConformance, OwnersAreKnownByUidNotByName) {
  const auto first = created(pipeline("owner"));
  auto child = dataset("child");
  child.meta.owner_references = {controlled_by(first)};
  child.meta.finalizers = {"visionops.dev/files"};
  child = created(child);
  ASSERT_TRUE(api().remove(cluster::key_of(first), {}).ok());
  const auto second = created(pipeline("owner"));
  ASSERT_TRUE(eventually([&] { return live(child).meta.deletion_timestamp.has_value(); }));
  auto leaving = live(child);
  leaving.meta.finalizers.clear();
  ASSERT_TRUE(api().update(leaving).ok());
  EXPECT_TRUE(eventually([&] { return !exists(child); }));
  EXPECT_TRUE(exists(second));
}

TEST_P(ClusterApiConformance, AnOwnerThatIsNotTheControllerDoesNotTakeItsDependentsWhileAnotherStays) {
  const auto controller = created(pipeline("controller"));
  const auto other = created(pipeline("other"));
  auto child = dataset("child");
  auto second_owner = controlled_by(other);
  second_owner.controller = false;
  child.meta.owner_references = {controlled_by(controller), second_owner};
  child = created(child);
  ASSERT_TRUE(api().remove(cluster::key_of(other), {}).ok());
  const auto witness = created(job("witness-of-the-collector"));
  auto doomed = job("doomed");
  doomed.meta.owner_references = {controlled_by(other)};
  ASSERT_TRUE(api().create(doomed).ok());
  ASSERT_TRUE(eventually([&] { return !exists(doomed); })) << "the collector has not run";
  EXPECT_TRUE(exists(child));
  EXPECT_TRUE(exists(witness));
}

}  // namespace
}  // namespace visionops::test
