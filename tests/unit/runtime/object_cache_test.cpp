#include "operator/runtime/cache/object_cache.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "operator/runtime/cache/own_writes.h"
#include "tests/unit/runtime/objects.h"

namespace visionops::runtime {
namespace {

using cluster::Change;
using cluster::ChangeType;
using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;

const ObjectKey kA{Kind::Dataset, "default", "a"};

Object a(int version, const std::string& uid = "uid-a") { return at(dataset("a"), uid, version); }
Object b(int version) { return at(dataset("b"), "uid-b", version); }

/// A list of one page; nullopt: refused.
std::optional<std::vector<Transition>> replace(ObjectCache& cache, std::vector<Object> items,
                                               const std::string& version) {
  if (!cache.begin_list(Kind::Dataset, version)) return std::nullopt;
  auto transitions = cache.add_page(Kind::Dataset, std::move(items));
  for (auto& removed : cache.end_list(Kind::Dataset, version)) transitions.push_back(std::move(removed));
  return transitions;
}

std::string version_of(const ObjectPtr& object) {
  return object ? cluster::meta_of(*object).resource_version : "missing";
}

TEST(ObjectCache, IsSyncedKindByKindWithTheFirstList) {
  ObjectCache cache;
  EXPECT_FALSE(cache.synced(Kind::Dataset));
  replace(cache, {}, "5");
  EXPECT_TRUE(cache.synced(Kind::Dataset));
  EXPECT_EQ(cache.seen_version(Kind::Dataset), 5u);
  EXPECT_FALSE(cache.all_synced());
}

TEST(ObjectCache, TakesAListForTheWholeTruth) {
  ObjectCache cache;
  replace(cache, {a(1), b(2)}, "2");
  const auto transitions = replace(cache, {b(2)}, "9");
  ASSERT_TRUE(transitions);
  ASSERT_EQ(transitions->size(), 1u) << "an unchanged object is no transition";
  EXPECT_EQ(transitions->front().key, kA);
  EXPECT_TRUE(transitions->front().before);
  EXPECT_FALSE(transitions->front().after);
  EXPECT_FALSE(cache.find(kA));
}

TEST(ObjectCache, RefusesAListThatIsOlderThanWhatItSaw) {
  ObjectCache cache;
  replace(cache, {a(8)}, "8");
  EXPECT_FALSE(replace(cache, {a(3), b(2)}, "3"));
  EXPECT_EQ(version_of(cache.find(kA)), "8");
  EXPECT_EQ(cache.size(Kind::Dataset), 1u);
}

TEST(ObjectCache, IgnoresChangesThatAreOlderThanWhatItHolds) {
  ObjectCache cache;
  cache.observe(a(8));
  EXPECT_FALSE(cache.apply({ChangeType::Modified, a(7)}));
  EXPECT_FALSE(cache.apply({ChangeType::Modified, a(8)}));
  EXPECT_FALSE(cache.apply({ChangeType::Deleted, a(7)})) << "the deletion of a predecessor";
  EXPECT_TRUE(cache.apply({ChangeType::Modified, a(9)}));
  EXPECT_EQ(version_of(cache.find(kA)), "9");
}

TEST(ObjectCache, ComparesVersionsAsNumbers) {
  ObjectCache cache;
  cache.apply({ChangeType::Added, a(9)});
  EXPECT_TRUE(cache.apply({ChangeType::Modified, a(10)}));
}

TEST(ObjectCache, KeepsAnObjectThatADirectReadBroughtAndAnOlderListLacks) {
  ObjectCache cache;
  cache.observe(a(20));
  replace(cache, {}, "15");
  EXPECT_EQ(version_of(cache.find(kA)), "20");
}

TEST(ObjectCache, MovesOnlyItsPositionOnABookmark) {
  ObjectCache cache;
  replace(cache, {a(1)}, "1");
  EXPECT_FALSE(cache.apply({ChangeType::Bookmark, at(dataset(""), "", 40)}));
  EXPECT_EQ(cache.seen_version(Kind::Dataset), 40u);
  EXPECT_EQ(cache.size(Kind::Dataset), 1u);
}

TEST(ObjectCache, FindsChildrenByTheUidOfTheirOwner) {
  ObjectCache cache;
  auto owner = at(dataset("a"), "uid-a", 1);
  auto other = at(dataset("a"), "uid-old", 1);
  cache.apply({ChangeType::Added, at(job_of(owner.meta, "Dataset", "a-1"), "j1", 2)});
  cache.apply({ChangeType::Added, at(job_of(other.meta, "Dataset", "a-0"), "j0", 3)});
  ASSERT_EQ(cache.children(Kind::Job, "uid-a").size(), 1u);
  EXPECT_EQ(cluster::meta_of(*cache.children(Kind::Job, "uid-a")[0]).name, "a-1");
  cache.apply({ChangeType::Deleted, at(job_of(owner.meta, "Dataset", "a-1"), "j1", 4)});
  EXPECT_TRUE(cache.children(Kind::Job, "uid-a").empty());
}

TEST(ObjectCache, FindsPodsByTheNameOfTheirOwner) {
  ObjectCache cache;
  const auto pod = [](const api::ObjectMeta& owner, const std::string& kind, const std::string& name, int version) {
    cluster::Pod out;
    out.meta = job_of(owner, kind, name).meta;
    return at(out, name + "-uid", version);
  };
  const auto old = at(dataset("a"), "uid-old", 1);
  cache.apply({ChangeType::Added, pod(old.meta, "Dataset", "a-0", 2)});
  cache.apply({ChangeType::Added, pod(at(dataset("a"), "uid-a", 1).meta, "Dataset", "a-1", 3)});
  cache.apply({ChangeType::Added, pod(at(dataset("a"), "uid-p", 1).meta, "Pipeline", "a-2", 4)});
  EXPECT_EQ(cache.pods_named_after({Kind::Dataset, "default", "a"}).size(), 2u);
  EXPECT_TRUE(cache.pods_named_after({Kind::Dataset, "elsewhere", "a"}).empty());
  cache.apply({ChangeType::Deleted, pod(old.meta, "Dataset", "a-0", 5)});
  EXPECT_EQ(cache.pods_named_after({Kind::Dataset, "default", "a"}).size(), 1u);
}

TEST(ObjectCache, KeepsOnlyChildrenOfOursAndNotTheirContainers) {
  ObjectCache cache;
  auto foreign = at(job_of(dataset("x").meta, "Dataset", "cron"), "j1", 2);
  foreign.meta.labels.clear();
  EXPECT_FALSE(cache.apply({ChangeType::Added, foreign}));
  EXPECT_EQ(cache.size(Kind::Job), 0u);
  EXPECT_EQ(cache.seen_version(Kind::Job), 2u);
  cache.apply({ChangeType::Added, at(job_of(at(dataset("a"), "uid-a", 1).meta, "Dataset", "a-1"), "j2", 3)});
  EXPECT_TRUE(std::get<cluster::Job>(*cache.find({Kind::Job, "default", "a-1"})).spec.pod.containers.empty());
}

TEST(ObjectCache, KeepsTheWorkloadsOfTrainingsByTheirJob) {
  const auto workload = [](const std::string& name, const std::string& job) {
    cluster::Workload out;
    out.meta.name = name;
    out.meta.namespace_ = "default";
    out.meta.owner_references = {{"batch/v1", "Job", job, job + "-uid", true, true}};
    return out;
  };
  ObjectCache cache;
  EXPECT_FALSE(cache.apply({ChangeType::Added, at(workload("w1", "nightly-report"), "w1", 2)}));
  EXPECT_TRUE(cache.apply({ChangeType::Added, at(workload("w2", "a-vtj-r1-a1"), "w2", 3)}));
  EXPECT_EQ(cache.size(Kind::Workload), 1u);
  EXPECT_EQ(cache.children(Kind::Workload, "a-vtj-r1-a1-uid").size(), 1u);
  EXPECT_FALSE(cache.all_synced());
}

TEST(ObjectCache, FindsAResourceByItsUidUntilItIsGone) {
  ObjectCache cache;
  cache.apply({ChangeType::Added, a(1)});
  EXPECT_EQ(cache.owner("uid-a"), kA);
  cache.apply({ChangeType::Modified, a(2, "uid-new")});
  EXPECT_FALSE(cache.owner("uid-a"));
  EXPECT_EQ(cache.owner("uid-new"), kA);
}

TEST(ObjectCache, RemovesWhatNoPageOfAListHad) {
  ObjectCache cache;
  replace(cache, {a(1), b(2)}, "2");
  ASSERT_TRUE(cache.begin_list(Kind::Dataset, "9"));
  EXPECT_TRUE(cache.add_page(Kind::Dataset, {b(2)}).empty()) << "an unchanged object is no transition";
  EXPECT_TRUE(cache.find(kA)) << "a later page may have it";
  const auto removed = cache.end_list(Kind::Dataset, "9");
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed.front().key, kA);
  EXPECT_FALSE(cache.find(kA));
}

TEST(ObjectCache, ForgetsThePagesOfAListThatBeganAnew) {
  ObjectCache cache;
  ASSERT_TRUE(cache.begin_list(Kind::Dataset, "5"));
  cache.add_page(Kind::Dataset, {a(1)});
  ASSERT_TRUE(cache.begin_list(Kind::Dataset, "9"));
  cache.add_page(Kind::Dataset, {b(7)});
  EXPECT_FALSE(cache.synced(Kind::Dataset));
  EXPECT_EQ(cache.end_list(Kind::Dataset, "9").size(), 1u);
  EXPECT_FALSE(cache.find(kA)) << "it was deleted between the two";
  EXPECT_TRUE(cache.synced(Kind::Dataset));
}

TEST(ObjectCache, GivesAnObjectBackAsItTookIt) {
  ObjectCache cache;
  auto taken = at(dataset("a"), "uid-a", 4);
  taken.meta.labels = {{"team", "vision"}};
  taken.status.phase = api::Phase::Succeeded;
  taken.status.images = 7;
  taken.status.class_counts = {{"car", 3, 5}};
  for (int i = 0; i < 3; ++i) {  // alone, and as a difference to its like
    taken.meta.name = "a" + std::to_string(i);
    cache.observe(taken);
    EXPECT_EQ(cluster::encode(*cache.find(cluster::key_of(taken))), cluster::encode(taken));
  }
}

TEST(ObjectCache, KeepsTheProblemsOfAMalformedResource) {
  ObjectCache cache;
  auto malformed = at(dataset("a"), "uid-a", 4);
  malformed.problems = {{"spec.colour", "is unknown"}};
  cache.observe(malformed);
  const auto found = cache.find(kA);
  ASSERT_EQ(std::get<api::Dataset>(*found).problems.size(), 1u);
  EXPECT_EQ(std::get<api::Dataset>(*found).problems.front().path, "spec.colour");
}

TEST(OwnWrites, HoldAResourceBackUntilTheCacheHasSeenThem) {
  ObjectCache cache;
  OwnWrites writes;
  replace(cache, {a(4)}, "4");
  writes.stored(kA, a(6), {});
  EXPECT_EQ(writes.unseen(kA, cache).size(), 1u);
  cache.apply({ChangeType::Modified, b(5)});
  EXPECT_EQ(writes.unseen(kA, cache).size(), 1u);
  cache.apply({ChangeType::Modified, a(6)});
  EXPECT_TRUE(writes.unseen(kA, cache).empty());
}

TEST(OwnWrites, AreSeenWhenTheKindHasMovedPastThem) {
  ObjectCache cache;
  OwnWrites writes;
  writes.stored(kA, a(6), {});
  cache.apply({ChangeType::Bookmark, at(dataset(""), "", 7)});
  EXPECT_TRUE(writes.unseen(kA, cache).empty()) << "written and deleted again before we looked";
}

TEST(OwnWrites, OfOneResourceDoNotHoldBackAnother) {
  ObjectCache cache;
  OwnWrites writes;
  writes.stored(kA, a(6), {});
  EXPECT_TRUE(writes.unseen({Kind::Dataset, "default", "b"}, cache).empty());
}

TEST(OwnWrites, ToAJobHoldBackItsOwner) {
  ObjectCache cache;
  OwnWrites writes;
  const auto owner = at(dataset("a"), "uid-a", 1);
  writes.stored(kA, at(job_of(owner.meta, "Dataset", "a-1"), "j1", 3), {});
  const auto open = writes.unseen(kA, cache);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].object.name, "a-1");
}

TEST(OwnWrites, KnowARemovalByTheUidThatIsGone) {
  ObjectCache cache;
  OwnWrites writes;
  const auto owner = at(dataset("a"), "uid-a", 1);
  auto job = at(job_of(owner.meta, "Dataset", "a-1"), "j1", 3);
  const ObjectKey key = cluster::key_of(Object(job));
  cache.apply({ChangeType::Added, job});
  writes.removed(kA, key, "j1", {});
  EXPECT_EQ(writes.unseen(kA, cache).size(), 1u);
  job.meta.deletion_timestamp = TimePoint{std::chrono::seconds(9)};
  job.meta.resource_version = "4";
  cache.apply({ChangeType::Modified, job});
  EXPECT_TRUE(writes.unseen(kA, cache).empty());
}

TEST(OwnWrites, KeepOneEntryForAnObjectHoweverOftenItIsWritten) {
  ObjectCache cache;
  OwnWrites writes;
  for (int version = 1; version < 100; ++version) writes.stored(kA, a(version), {});
  EXPECT_EQ(writes.unseen(kA, cache).size(), 1u);
}

Object in_folder(const std::string& name, const std::string& path, const std::string& store = "datasets",
                 const std::string& name_space = "default") {
  auto d = dataset(name);
  d.meta.namespace_ = name_space;
  d.spec.store = store;
  d.spec.path = path;
  return at(d, "uid-" + name_space + name, 1);
}

TEST(ObjectCache, FindsDatasetsByTheFoldersThatHoldOneAnother) {
  ObjectCache cache;
  replace(cache,
          {in_folder("mine", "raw/a"), in_folder("same", "raw/a/"), in_folder("inside", "raw/a/b"),
           in_folder("around", "raw"), in_folder("beside", "raw/ab"), in_folder("store", "raw/a", "others"),
           in_folder("team", "raw/a", "datasets", "team-b"), in_folder("default-path", "")},
          "9");
  const auto neighbours = [&](const Object& of) {
    std::vector<std::string> names;
    for (const auto& object : cache.neighbours(std::get<api::Dataset>(of)))
      names.push_back(cluster::meta_of(*object).name);
    return names;
  };
  const auto mine = in_folder("mine", "raw/a");
  EXPECT_EQ(neighbours(mine), (std::vector<std::string>{"around", "inside", "mine", "same", "team"}));
  EXPECT_EQ(neighbours(in_folder("x", "raw/street/train/v1.0.0/images")),
            (std::vector<std::string>{"around", "default-path"}));
  auto moved = in_folder("same", "elsewhere");
  cluster::meta_of(moved).resource_version = "10";
  cache.observe(moved);
  cache.observe_missing({Kind::Dataset, "default", "inside"});
  EXPECT_EQ(neighbours(mine), (std::vector<std::string>{"around", "mine", "team"}));
}

}  // namespace
}  // namespace visionops::runtime
