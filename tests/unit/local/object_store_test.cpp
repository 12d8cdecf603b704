// What the embedded store promises beyond ClusterApi (tests/cluster holds the common promises).
#include "operator/local/api_server/object_store.h"
#include "operator/local/api_server/admission.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/local/objects.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

using cluster::Kind;
using test::dataset;
using test::key;
using test::ManualClock;
using test::TemporaryFolder;

template <class T>
T must(Result<cluster::Object> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::get<T>(*result);
}

std::unique_ptr<ObjectStore> open_store(const TemporaryFolder& folder, const Clock& clock) {
  auto store = ObjectStore::open(folder.path(), clock);
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

Json manifest_with_a_typo() {
  Json json = cluster::encode(dataset("odd"));
  json["spec"]["qualityGat"] = {{"minImages", 1}};
  json["spec"]["version"] = "one";
  return json;
}

api::OwnerReference owned_by(const api::Dataset& owner) {
  return {std::string(api::kApiVersion), "Dataset", owner.meta.name, owner.meta.uid, true, true};
}

TEST(ObjectStore, RememberEverythingOverARestart) {
  const TemporaryFolder folder;
  const ManualClock clock;
  Json before;
  std::uint64_t version = 0;
  {
    auto store = open_store(folder, clock);
    auto object = must<api::Dataset>(store->create(dataset("a")));
    object.status.phase = api::Phase::Succeeded;
    object.status.images = 5;
    object = must<api::Dataset>(store->update_status(object));
    store->emit(key(Kind::Dataset, "a"), {cluster::EventType::Warning, "Odd", "something"});
    store->emit(key(Kind::Dataset, "a"), {cluster::EventType::Warning, "Odd", "something"});
    must<api::Dataset>(store->create(dataset("gone")));
    ASSERT_TRUE(store->remove(key(Kind::Dataset, "gone"), {}).ok());
    before = cluster::encode(object);
    version = store->version();
  }
  auto store = open_store(folder, clock);
  EXPECT_EQ(cluster::encode(*store->get(key(Kind::Dataset, "a"))), before);
  EXPECT_FALSE(store->get(key(Kind::Dataset, "gone")).ok());
  EXPECT_EQ(store->version(), version);
  const auto events = store->list_events(key(Kind::Dataset, "a"));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].count, 2);
  EXPECT_EQ(events[0].reason, "Odd");
  EXPECT_EQ(events[0].type, cluster::EventType::Warning);
}

TEST(ObjectStore, AnObjectHasSoManyBytesAndNoMore) {
  const TemporaryFolder folder;
  const ManualClock clock;
  auto store = open_store(folder, clock);
  auto large = dataset("large");
  large.meta.annotations["note"] = std::string(kMaxObjectBytes - 4'096, 'x');
  EXPECT_TRUE(store->create(large).ok());
  large.meta.name = "larger";
  large.meta.annotations["note"] += std::string(4'096, 'x');
  const auto refused = store->create(large);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("at most 1572864 are kept"), std::string::npos) << refused.error().message;
}

TEST(ObjectStore, VersionsGrowOverARestartAlsoWhenTheLastWriteWasARemoval) {
  const TemporaryFolder folder;
  const ManualClock clock;
  std::uint64_t version = 0;
  {
    auto store = open_store(folder, clock);
    must<api::Dataset>(store->create(dataset("a")));
    ASSERT_TRUE(store->remove(key(Kind::Dataset, "a"), {}).ok());
    version = store->version();
  }
  auto store = open_store(folder, clock);
  const auto next = must<api::Dataset>(store->create(dataset("a")));
  EXPECT_EQ(next.meta.resource_version, std::to_string(version + 1));
}

TEST(ObjectStore, AWatchFromBeforeARestartIsGone) {
  const TemporaryFolder folder;
  const ManualClock clock;
  {
    auto store = open_store(folder, clock);
    must<api::Dataset>(store->create(dataset("a")));
    must<api::Dataset>(store->create(dataset("b")));
  }
  auto store = open_store(folder, clock);
  EXPECT_EQ(store->changes_since(1, Kind::Dataset, {}).error().cls, ErrorClass::Gone);
  EXPECT_TRUE(store->changes_since(2, Kind::Dataset, {}).ok());
  EXPECT_EQ(store->changes_since(3, Kind::Dataset, {}).error().cls, ErrorClass::Gone) << "a version that never was";
}

TEST(ObjectStore, KeepsOnlyTheNewestChanges) {
  const ManualClock clock;
  ObjectStore store(clock, {.history = 3, .new_uid = {}});
  for (const char* name : {"a", "b", "c", "d", "e"}) must<api::Dataset>(store.create(dataset(name)));
  EXPECT_EQ(store.changes_since(1, Kind::Dataset, {}).error().cls, ErrorClass::Gone);
  const auto kept = store.changes_since(2, Kind::Dataset, {});
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->changes.size(), 3U);
  EXPECT_EQ(kept->version, 5U);
}

TEST(ObjectStore, CompactionLosesNothing) {
  const TemporaryFolder folder;
  const ManualClock clock;
  constexpr int kWrites = 4000;
  {
    auto store = open_store(folder, clock);
    auto wanted = dataset("a");
    wanted.spec.description = std::string(1500, 'x');
    auto object = must<api::Dataset>(store->create(wanted));
    store->emit(key(Kind::Dataset, "a"), {cluster::EventType::Normal, "First", "kept"});
    const WriteBatch batch(*store);
    for (int i = 1; i <= kWrites; ++i) {
      object.status.images = i;
      object = must<api::Dataset>(store->update_status(object));
    }
  }
  ASSERT_TRUE(std::filesystem::exists(folder.path() / "snapshot.jsonl")) << "the test did not reach a compaction";
  EXPECT_LT(std::filesystem::file_size(folder.path() / "journal.jsonl"), 5U << 20U);
  auto store = open_store(folder, clock);
  EXPECT_EQ(must<api::Dataset>(store->get(key(Kind::Dataset, "a"))).status.images, kWrites);
  EXPECT_EQ(store->version(), kWrites + 1U);
  EXPECT_EQ(store->list_events(key(Kind::Dataset, "a")).size(), 1U);
}

TEST(ObjectStore, ACopyShowsTheOwnersNewestStateAndKeepsItsOwnWritesToItself) {
  const TemporaryFolder folder;
  const ManualClock clock;
  auto owner = open_store(folder, clock);
  must<api::Dataset>(owner->create(dataset("a")));
  auto copy = ObjectStore::open_copy(folder.path(), clock);
  ASSERT_TRUE(copy.ok());
  EXPECT_TRUE((*copy)->get(key(Kind::Dataset, "a")).ok());
  must<api::Dataset>((*copy)->create(dataset("b")));
  EXPECT_FALSE(owner->get(key(Kind::Dataset, "b")).ok());
  EXPECT_EQ(ObjectStore::open(folder.path(), clock).error().cls, ErrorClass::Conflict);
}

TEST(ObjectStore, AnOldObjectWithProblemsIsKeptWithThemOverStatusWritesAndRestarts) {
  const TemporaryFolder folder;
  const ManualClock clock;
  std::size_t problems = 0;
  {
    auto store = open_store(folder, clock);
    EXPECT_EQ(store->create(must<api::Dataset>(cluster::decode_object(manifest_with_a_typo()))).error().cls,
              ErrorClass::Invalid);
    auto object = must<api::Dataset>(store->create_unchecked(manifest_with_a_typo()));
    problems = object.problems.size();
    EXPECT_GE(problems, 2U);
    object.status.message = "stalled";
    object = must<api::Dataset>(store->update_status(object));
    object.meta.labels["seen"] = "yes";
    object = must<api::Dataset>(store->update(object));
    EXPECT_EQ(object.problems.size(), problems) << "metadata may change, the spec stays what it is";
  }
  auto store = open_store(folder, clock);
  auto object = must<api::Dataset>(store->get(key(Kind::Dataset, "odd")));
  EXPECT_EQ(object.problems.size(), problems);
  EXPECT_EQ(object.status.message, "stalled");
  EXPECT_EQ(object.meta.labels.at("seen"), "yes");
  object.spec = dataset("odd").spec;
  object.problems.clear();
  object = must<api::Dataset>(store->update(object));
  EXPECT_TRUE(object.problems.empty());
  EXPECT_EQ(object.meta.generation, 2);
}

TEST(ObjectStore, APodOnANodeStaysUntilItsStatusSaysThatItEnded) {
  const ManualClock clock;
  ObjectStore store(clock);
  cluster::Pod pod;
  pod.meta.name = "p";
  pod.meta.namespace_ = "default";
  pod.spec.containers = {test::shell("worker", "true")};
  pod = must<cluster::Pod>(store.create(pod));
  pod.node = "local";
  pod.phase = cluster::PodPhase::Running;
  must<cluster::Pod>(store.update_status(pod));
  ASSERT_TRUE(store.remove(key(Kind::Pod, "p"), {}).ok());
  pod = must<cluster::Pod>(store.get(key(Kind::Pod, "p")));
  EXPECT_TRUE(pod.meta.deletion_timestamp.has_value());
  pod.phase = cluster::PodPhase::Failed;
  must<cluster::Pod>(store.update_status(pod));
  EXPECT_FALSE(store.get(key(Kind::Pod, "p")).ok());
}

TEST(ObjectStore, APodThatNeverGotANodeGoesAtOnce) {
  const ManualClock clock;
  ObjectStore store(clock);
  cluster::Pod pod;
  pod.meta.name = "p";
  pod.meta.namespace_ = "default";
  pod.spec.containers = {test::shell("worker", "true")};
  must<cluster::Pod>(store.create(pod));
  ASSERT_TRUE(store.remove(key(Kind::Pod, "p"), {}).ok());
  EXPECT_FALSE(store.get(key(Kind::Pod, "p")).ok());
}

TEST(ObjectStore, AChildLeftByADeathInTheMiddleOfACascadeIsCollectedAtTheNextOpening) {
  const TemporaryFolder folder;
  const ManualClock clock;
  {
    auto store = open_store(folder, clock);
    const auto owner = must<api::Dataset>(store->create(dataset("owner")));
    auto child = dataset("child");
    child.meta.owner_references = {owned_by(owner)};
    must<api::Dataset>(store->create(child));
    ASSERT_TRUE(store->remove(key(Kind::Dataset, "owner"), {}).ok());
  }
  // Cut the journal behind the owner's removal: the child's removal never reached the disk.
  const std::string whole = test::text_of(folder.path() / "journal.jsonl");
  const auto last_line = whole.rfind('\n', whole.size() - 2) + 1;
  ASSERT_NE(whole.find("\"delete\"", last_line), std::string::npos);
  folder.write("journal.jsonl", whole.substr(0, last_line));
  std::filesystem::remove(folder.path() / "sequence");  // who dies notes nothing
  auto store = open_store(folder, clock);
  EXPECT_FALSE(store->get(key(Kind::Dataset, "owner")).ok());
  EXPECT_FALSE(store->get(key(Kind::Dataset, "child")).ok());
}

TEST(ObjectStore, EventsAreBoundedPerObjectAndGoWithIt) {
  const ManualClock clock;
  ObjectStore store(clock, {.events_per_object = 3, .new_uid = {}});
  must<api::Dataset>(store.create(dataset("a")));
  const auto about = key(Kind::Dataset, "a");
  for (const char* text : {"1", "2", "3", "4"}) store.emit(about, {cluster::EventType::Normal, "Said", text});
  store.emit(about, {cluster::EventType::Normal, "Said", std::string(5000, 'x') + "\xFF"});
  const auto events = store.list_events(about);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].message, "3");
  EXPECT_EQ(events[2].message.size(), 1024U);
  ASSERT_TRUE(store.remove(about, {}).ok());
  EXPECT_TRUE(store.list_events(about).empty());
}

TEST(ObjectStore, RefusesWhatNoApiServerWouldStore) {
  const ManualClock clock;
  ObjectStore store(clock);
  auto huge = dataset("huge");
  huge.meta.annotations["x"] = std::string(2U << 20U, 'x');
  EXPECT_EQ(store.create(huge).error().cls, ErrorClass::Invalid);
  auto no_namespace = dataset("a");
  no_namespace.meta.namespace_.clear();
  EXPECT_EQ(store.create(no_namespace).error().cls, ErrorClass::Invalid);
  auto two_workers = test::job("j", {test::shell("worker", "true"), test::shell("other", "true")});
  EXPECT_EQ(store.create(two_workers).error().cls, ErrorClass::Invalid);
  auto path_as_name = test::job("j", {test::shell("../worker", "true")});
  EXPECT_EQ(store.create(path_as_name).error().cls, ErrorClass::Invalid);
  auto odd_quantity = test::shell_job("j", "true");
  odd_quantity.spec.pod.containers[0].requests["cpu"] = "two";
  EXPECT_EQ(store.create(odd_quantity).error().cls, ErrorClass::Invalid);
  EXPECT_EQ(store.version(), 0U);
}

}  // namespace
}  // namespace visionops::local
