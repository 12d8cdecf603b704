// Creating, changing and finding objects.
#include "base/json.h"
#include "tests/cluster/conformance.h"

namespace visionops::test {
namespace {

using cluster::Kind;

TEST_P(ClusterApiConformance, CreateGivesUidVersionGenerationAndTime) {
  const auto stored = created(dataset("a"));
  EXPECT_FALSE(stored.meta.uid.empty());
  EXPECT_FALSE(stored.meta.resource_version.empty());
  EXPECT_EQ(stored.meta.generation, 1);
  EXPECT_GT(stored.meta.creation_timestamp, TimePoint{});
  EXPECT_EQ(stored.meta, live(stored).meta);
  EXPECT_EQ(stored.spec.group, "street");
}

TEST_P(ClusterApiConformance, CreateTakesLabelsAnnotationsAndFinalizers) {
  auto wanted = dataset("a");
  wanted.meta.labels = {{"team", "x"}};
  wanted.meta.annotations = {{"visionops.dev/note", "y"}};
  wanted.meta.finalizers = {"visionops.dev/files"};
  const auto stored = created(wanted);
  EXPECT_EQ(stored.meta.labels, wanted.meta.labels);
  EXPECT_EQ(stored.meta.annotations, wanted.meta.annotations);
  EXPECT_EQ(stored.meta.finalizers, wanted.meta.finalizers);
  auto release = stored;
  release.meta.finalizers.clear();
  updated(release);
}

TEST_P(ClusterApiConformance, CreateIgnoresTheStatus) {
  auto wanted = dataset("a");
  wanted.status.phase = api::Phase::Succeeded;
  wanted.status.images = 7;
  EXPECT_EQ(created(wanted).status.images, 0);
  EXPECT_EQ(live(wanted).status.phase, api::Phase::Pending);
}

TEST_P(ClusterApiConformance, CreateOfAnExistingNameFailsWithAlreadyExists) {
  const auto first = created(dataset("a"));
  const auto second = api().create(dataset("a"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(live(first).meta.uid, first.meta.uid);
}

TEST_P(ClusterApiConformance, TheSameNameInAnotherNamespaceOrKindIsAnotherObject) {
  const auto first = created(dataset("a"));
  auto second = dataset("a");
  second.meta.namespace_ = cluster().new_namespace();
  EXPECT_NE(created(second).meta.uid, first.meta.uid);
  EXPECT_TRUE(api().create(pipeline("a")).ok());
}

TEST_P(ClusterApiConformance, RefusesASpecThatBreaksARuleAndNamesTheField) {
  auto wrong = dataset("a");
  wrong.spec.version = "one";
  const auto result = api().create(wrong);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().cls, ErrorClass::Invalid);
  EXPECT_NE(result.error().message.find("spec.version"), std::string::npos) << result.error().message;
  EXPECT_FALSE(exists(wrong));
}

TEST_P(ClusterApiConformance, RefusesANameThatIsNoDnsName) {
  const auto result = api().create(dataset("Not_A_Name"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().cls, ErrorClass::Invalid);
}

TEST_P(ClusterApiConformance, RefusesAnIndexedJobWhosePodsWouldHaveNoHostName) {
  EXPECT_TRUE(api().create(job(std::string(61, 'j'))).ok());
  const auto refused = api().create(job(std::string(62, 'j')));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().cls, ErrorClass::Invalid);
}

TEST_P(ClusterApiConformance, GetUpdateAndRemoveOfAMissingObjectAreNotFound) {
  const auto missing = dataset("missing");
  EXPECT_EQ(api().get(cluster::key_of(missing)).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(api().update(missing).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(api().update_status(missing).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(api().remove(cluster::key_of(missing), {}).error().cls, ErrorClass::NotFound);
}

TEST_P(ClusterApiConformance, AnEditOfTheSpecCountsTheGenerationAndLeavesTheStatus) {
  auto object = created(dataset("a"));
  object.status.images = 3;
  object = status_updated(object);
  object.spec.description = "new";
  object.status.images = 99;
  const auto stored = edited(object);
  EXPECT_EQ(stored.meta.generation, 2);
  EXPECT_NE(stored.meta.resource_version, object.meta.resource_version);
  EXPECT_EQ(live(stored).spec.description, "new");
  EXPECT_EQ(live(stored).status.images, 3);
}

TEST_P(ClusterApiConformance, UpdateOfLabelsKeepsTheGeneration) {
  auto object = created(dataset("a"));
  object.meta.labels["team"] = "x";
  const auto stored = updated(object);
  EXPECT_EQ(stored.meta.generation, 1);
  EXPECT_NE(stored.meta.resource_version, object.meta.resource_version);
  EXPECT_EQ(live(stored).meta.labels.at("team"), "x");
}

TEST_P(ClusterApiConformance, WhatIsAbsentFromAnUpdateIsTakenAway) {
  auto object = dataset("a");
  object.meta.labels = {{"team", "x"}, {"stays", "yes"}};
  object.meta.annotations = {{"visionops.dev/note", "y"}};
  object = created(object);
  object.meta.labels.erase("team");
  object.meta.annotations.clear();
  const auto stored = updated(object);
  EXPECT_EQ(stored.meta.labels, (std::map<std::string, std::string>{{"stays", "yes"}}));
  EXPECT_TRUE(stored.meta.annotations.empty());
  object = stored;
  object.status.images = 3;
  object.status.message = "three";
  object = status_updated(object);
  object.status.message.clear();
  EXPECT_EQ(status_updated(object).status.images, 3);
  EXPECT_EQ(live(object).status.message, "");
}

TEST_P(ClusterApiConformance, AWriteThatIsSentTwiceDoesItsWorkOnce) {
  const auto object = created(dataset("a"));
  auto change = object;
  change.meta.finalizers = {"visionops.dev/files"};
  change = updated(change);
  auto replay = object;
  replay.meta.finalizers = {"visionops.dev/files"};
  EXPECT_EQ(api().update(replay).error().cls, ErrorClass::Conflict);
  change.status.images = 1;
  const auto done = status_updated(change);
  EXPECT_EQ(api().update_status(change).error().cls, ErrorClass::Conflict);
  EXPECT_EQ(live(object).meta, done.meta);
}

TEST_P(ClusterApiConformance, UpdateStatusChangesOnlyTheStatus) {
  auto object = created(dataset("a"));
  auto change = object;
  change.status.phase = api::Phase::Succeeded;
  change.status.digest = "sha256:00";
  change.spec.description = "ignored";
  change.meta.labels["ignored"] = "yes";
  const auto stored = status_updated(change);
  EXPECT_EQ(stored.meta.generation, 1);
  EXPECT_EQ(stored.spec.description, "");
  EXPECT_TRUE(stored.meta.labels.empty());
  EXPECT_EQ(live(object).status.digest, "sha256:00");
  EXPECT_EQ(live(object).status.phase, api::Phase::Succeeded);
}

TEST_P(ClusterApiConformance, AStaleVersionIsAConflictForSpecMetadataAndStatus) {
  const auto old = created(dataset("a"));
  auto change = old;
  change.spec.description = "first";
  edited(change);
  change.spec.description = "second";
  EXPECT_EQ(cluster().edit(change).error().cls, ErrorClass::Conflict);
  change.meta.labels["late"] = "yes";
  EXPECT_EQ(api().update(change).error().cls, ErrorClass::Conflict);
  change.status.images = 1;
  EXPECT_EQ(api().update_status(change).error().cls, ErrorClass::Conflict);
  EXPECT_EQ(live(old).spec.description, "first");
  EXPECT_TRUE(live(old).meta.labels.empty());
  EXPECT_EQ(live(old).status.images, 0);
}

TEST_P(ClusterApiConformance, AnUpdateWithoutVersionIsUnconditional) {
  auto object = created(dataset("a"));
  object.meta.labels["one"] = "1";
  updated(object);
  object.meta.resource_version.clear();
  object.meta.labels["one"] = "2";
  object.status.images = 4;
  EXPECT_EQ(updated(object).meta.labels.at("one"), "2");
  EXPECT_EQ(status_updated(object).status.images, 4);
}

TEST_P(ClusterApiConformance, AnUpdateForAnotherUidIsAConflict) {
  auto object = created(dataset("a"));
  object.meta.uid = "00000000-0000-4000-8000-000000000000";
  object.meta.resource_version.clear();
  object.meta.labels["for"] = "somebody-else";
  EXPECT_EQ(api().update(object).error().cls, ErrorClass::Conflict);
}

TEST_P(ClusterApiConformance, AWriteThatChangesNothingKeepsTheVersion) {
  auto object = created(dataset("a"));
  object.status.images = 5;
  object = status_updated(object);
  EXPECT_EQ(updated(object).meta.resource_version, object.meta.resource_version);
  EXPECT_EQ(status_updated(object).meta.resource_version, object.meta.resource_version);
}

TEST_P(ClusterApiConformance, FieldsOfTheIdentityCannotChangeAndTheMessageSaysWhy) {
  auto object = created(dataset("a"));
  object.spec.group = "harbour";
  const auto result = cluster().edit(object);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().cls, ErrorClass::Invalid);
  EXPECT_NE(result.error().message.find("spec.group"), std::string::npos) << result.error().message;
  auto nested = created(pipeline("p"));
  nested.spec.output.group = "other";
  EXPECT_EQ(cluster().edit(nested).error().cls, ErrorClass::Invalid);
}

TEST_P(ClusterApiConformance, ThePodTemplateOfAJobCannotChangeButItsSuspensionCan) {
  auto object = created(job("j"));
  object.meta.resource_version.clear();  // the Job controller writes its status at any time
  auto other = object;
  other.spec.pod.containers[0].image = "registry.invalid/other:none";
  EXPECT_EQ(api().update(other).error().cls, ErrorClass::Invalid);
  object.spec.active_deadline_seconds = 60;
  EXPECT_EQ(updated(object).spec.active_deadline_seconds, 60);
}

TEST_P(ClusterApiConformance, AJobKeepsWhatItsJsonCarries) {
  auto wanted = job("j");
  wanted.spec.completions = 3;
  wanted.spec.parallelism = 2;
  wanted.spec.ttl_seconds_after_finished = 600;
  wanted.meta.labels = {{"visionops.dev/run", "1"}};
  const auto stored = live(created(wanted));
  EXPECT_EQ(stored.spec.completions, 3);
  EXPECT_EQ(stored.spec.parallelism, 2);
  EXPECT_EQ(stored.spec.ttl_seconds_after_finished, 600);
  EXPECT_TRUE(stored.spec.suspend);
  ASSERT_EQ(stored.spec.pod.containers.size(), 1U);
  EXPECT_EQ(stored.spec.pod.containers[0].command, wanted.spec.pod.containers[0].command);
  EXPECT_EQ(stored.meta.labels.at("visionops.dev/run"), "1");
}

TEST_P(ClusterApiConformance, ThePhaseOfAPodIsItsStatus) {
  auto object = created(pod("p"));
  EXPECT_EQ(object.phase, cluster::PodPhase::Pending);
  object.phase = cluster::PodPhase::Failed;
  object.reason = "Evicted";
  cluster::ContainerState state;
  state.name = std::string(cluster::kWorkerContainer);
  state.terminated = true;
  state.exit_code = 137;
  state.reason = "OOMKilled";
  state.message = "last words";
  object.containers = {state};
  status_updated(object);
  const auto stored = live(object);
  EXPECT_EQ(stored.phase, cluster::PodPhase::Failed);
  EXPECT_EQ(stored.reason, "Evicted");
  const auto* worker = cluster::worker_state(stored);
  ASSERT_NE(worker, nullptr);
  EXPECT_TRUE(worker->terminated);
  EXPECT_EQ(worker->exit_code, 137);
  EXPECT_EQ(worker->reason, "OOMKilled");
  EXPECT_EQ(worker->message, "last words");
}

TEST_P(ClusterApiConformance, AServiceKeepsItsSelectorAndIsMadeOnce) {
  cluster::Service wanted;
  wanted.meta.name = "vtj-a-pods";
  wanted.meta.namespace_ = namespace_;
  wanted.selector = {{"visionops.dev/uid", "t-1"}};
  const auto stored = created(wanted);
  EXPECT_EQ(stored.selector, wanted.selector);
  EXPECT_EQ(live(wanted).meta.uid, stored.meta.uid);
  const auto again = api().create(wanted);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().cls, ErrorClass::AlreadyExists);
  EXPECT_TRUE(api().remove(cluster::key_of(stored), {.uid = stored.meta.uid, .resource_version = std::nullopt}).ok());
  EXPECT_TRUE(eventually([&] { return !exists(wanted); }));
}

TEST_P(ClusterApiConformance, ALeaseHasOneHolderBecauseStaleUpdatesConflict) {
  auto one = created(lease("leader"));
  auto two = one;
  one.holder = "one again";
  updated(one);
  two.holder = "two";
  EXPECT_EQ(api().update(two).error().cls, ErrorClass::Conflict);
  EXPECT_EQ(live(one).holder, "one again");
}

TEST_P(ClusterApiConformance, ConcurrentWritersLoseNoUpdate) {
  constexpr int kWriters = 4;
  constexpr int kRounds = 10;
  const auto start = created(dataset("a"));
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&] {
      for (int done = 0; done < kRounds;) {
        auto object = live(start);
        ++object.status.images;
        done += api().update_status(object).ok() ? 1 : 0;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(live(start).status.images, kWriters * kRounds);
}

TEST_P(ClusterApiConformance, ListSelectsByNamespaceAndLabelsInTheOrderOfNames) {
  for (const char* name : {"c", "a", "b"}) {
    auto object = dataset(name);
    object.meta.labels = {{"team", std::string(name) == "b" ? "y" : "x"}, {"all", "1"}};
    created(object);
  }
  auto elsewhere = dataset("a");
  elsewhere.meta.namespace_ = cluster().new_namespace();
  created(elsewhere);
  const auto names = [&](const cluster::ListOptions& options) {
    std::string out;
    const auto list = api().list(Kind::Dataset, options);
    if (!list) return list.error().message;
    for (const auto& item : list->items) out += cluster::meta_of(item).name;
    return out;
  };
  EXPECT_EQ(names({namespace_, {}}), "abc");
  EXPECT_EQ(names({namespace_, {{"team", "x"}}}), "ac");
  EXPECT_EQ(names({namespace_, {{"team", "x"}, {"all", "2"}}}), "");
  EXPECT_EQ(names({elsewhere.meta.namespace_, {}}), "a");
  const auto everywhere = api().list(Kind::Dataset, {});
  ASSERT_TRUE(everywhere.ok());
  EXPECT_GE(everywhere->items.size(), 4U);
}

TEST_P(ClusterApiConformance, AnEventAboutAMissingObjectHarmsNobody) {
  api().emit(dataset("missing"), {cluster::EventType::Warning, "Lost", "nobody reads this"});
  const auto object = created(dataset("a"));
  api().emit(object, {cluster::EventType::Normal, "Seen", "about an object that exists"});
  EXPECT_EQ(live(object).meta.resource_version, object.meta.resource_version);
}

TEST_P(ClusterApiConformance, TheNewestWarningAboutAnObjectCanBeRead) {
  const auto object = created(dataset("a"));
  const auto nothing = api().latest_warning(object);
  ASSERT_TRUE(nothing.ok()) << nothing.error().message;
  EXPECT_FALSE(*nothing);
  api().emit(object, {cluster::EventType::Warning, "First", "exceeded quota: a"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // some events carry whole seconds
  api().emit(object, {cluster::EventType::Warning, "Second", "exceeded quota: b"});
  api().emit(object, {cluster::EventType::Normal, "Third", "all is well"});
  api().emit(created(dataset("b")), {cluster::EventType::Warning, "Other", "about another"});
  const auto told = api().latest_warning(object);
  ASSERT_TRUE(told.ok()) << told.error().message;
  ASSERT_TRUE(*told);
  EXPECT_EQ((*told)->reason, "Second");
  EXPECT_EQ((*told)->message, "exceeded quota: b");
}

}  // namespace
}  // namespace visionops::test
