// The loop with the real decisions and the embedded cluster, stepped by hand.
#include "operator/runtime/engine.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

#include "base/json.h"
#include "operator/runtime/cache/kinds.h"
#include "tests/unit/runtime/objects.h"
#include "tests/unit/runtime/recording_cluster.h"
#include "tests/unit/runtime/simulated_clock.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::ObjectKey;
using std::chrono::seconds;

struct EngineTest : testing::Test {
  SimulatedClock clock;
  local::ObjectStore store{clock};
  RecordingCluster api{store};
  TelemetryBoard board;
  std::vector<core::Record> records;
  std::vector<std::string> results;
  std::ostringstream log;
  std::int64_t messages = 0;
  int refused = 0;
  std::unique_ptr<Engine> engine = make_engine();

  std::unique_ptr<Engine> make_engine() {
    api.short_streams = true;
    EngineSettings settings;
    settings.make_jitter = [] { return [] { return 0.0; }; };
    Outlets outlets;
    outlets.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log));
    outlets.records = [this](const std::vector<core::Record>& r) { records.insert(records.end(), r.begin(), r.end()); };
    outlets.observers.passed = [this](const PassSample& sample) { results.emplace_back(sample.result); };
    outlets.observers.status_refused = [this](std::string_view) { ++refused; };
    return std::make_unique<Engine>(api, clock, board, settings, outlets);
  }

  /// Lists everything; or, once listed, delivers what has happened and ends the streams.
  void sync() {
    for (auto& reflector : engine->reflectors()) (void)reflector->step({});
  }
  int work() {
    int passes = 0;
    while (engine->run_one()) ++passes;
    return passes;
  }
  void create(const std::string& name) { ASSERT_TRUE(store.create(dataset(name))); }
  void create_training() {
    api::TrainingJob job;
    job.meta.name = "learn";
    job.meta.namespace_ = "default";
    job.spec.model = "centernet_nano";
    job.spec.datasets.train.name = "a";
    job.spec.checkpoints.store = "models";
    ASSERT_TRUE(store.create(job));
  }
  void wake(const std::string& name) {
    contract::TelemetryMessage message;
    message.owner = {"Dataset", "default", name, get(name).meta.uid, 1, 1};
    message.pod = "pod";
    message.sequence = ++messages;
    message.metrics = {{"m", static_cast<double>(messages), messages, 0, clock.now()}};
    board.fold(message, clock.now());
  }
  api::Dataset get(const std::string& name) {
    return std::get<api::Dataset>(*store.get({Kind::Dataset, "default", name}));
  }
  std::size_t jobs() { return store.view(Kind::Job).size(); }
  long written(const std::string& prefix) {
    const auto writes = api.writes();
    return std::ranges::count_if(writes, [&](const std::string& w) { return w.starts_with(prefix); });
  }
};

TEST_F(EngineTest, DecidesNothingBeforeAllKindsAreListed) {
  create("a");
  api.interfere = [](const std::string& call) {
    return call == "list Pod" ? std::optional(retry_error("away")) : std::nullopt;
  };
  sync();
  EXPECT_FALSE(engine->synced());
  EXPECT_EQ(work(), 0);
  api.interfere = {};
  sync();
  EXPECT_TRUE(engine->synced());
  EXPECT_GT(work(), 0);
}

TEST_F(EngineTest, KeepsNothingOfOwnersThatItDoesNotKnow) {
  create("a");
  sync();
  contract::TelemetryMessage message;
  message.owner = {"Dataset", "default", "a", get("a").meta.uid, 1, 1};
  message.pod = "pod";
  EXPECT_EQ(engine->take(message), FoldResult::Changed);
  for (int i = 0; i < 20'000; ++i) {
    message.owner.uid = "invented-" + std::to_string(i);
    ASSERT_EQ(engine->take(message), FoldResult::Unknown);
  }
  message.owner = {"Dataset", "team-b", "a", get("a").meta.uid, 1, 1};
  EXPECT_EQ(engine->take(message), FoldResult::Unknown) << "the uid of a resource of another namespace";
  message.owner = {"Dataset", "default", "b", get("a").meta.uid, 1, 1};
  EXPECT_EQ(engine->take(message), FoldResult::Unknown);
  EXPECT_EQ(board.size(), 1u);
}

TEST_F(EngineTest, ForgetsWhatARemovedOwnerSentAndTakesNothingAfterIt) {
  create("a");
  sync();
  contract::TelemetryMessage message;
  message.owner = {"Dataset", "default", "a", get("a").meta.uid, 1, 1};
  message.pod = "pod";
  EXPECT_EQ(engine->take(message), FoldResult::Changed);
  ASSERT_TRUE(store.remove({Kind::Dataset, "default", "a"}, {}));
  sync();
  EXPECT_EQ(board.size(), 0u);
  EXPECT_EQ(engine->take(message), FoldResult::Unknown);
  EXPECT_EQ(board.size(), 0u);
}

TEST_F(EngineTest, SetsANewDatasetGoingWithOneStatusWriteAndOneJob) {
  create("a");
  sync();
  for (int i = 0; i < 5; ++i) {
    work();
    sync();
  }
  EXPECT_EQ(jobs(), 1u);
  EXPECT_EQ(written("create Job"), 1);
  EXPECT_LE(written("update_status"), 3);
  EXPECT_EQ(get("a").status.observed_generation, 1);
}

TEST_F(EngineTest, DoesNotDecideAgainBeforeItHasSeenItsOwnWrites) {
  create("a");
  sync();
  ASSERT_EQ(work(), 1);
  const auto writes = api.writes().size();
  ASSERT_GT(writes, 0u);
  clock.advance(Duration{200});
  wake("a");
  EXPECT_EQ(work(), 1);
  EXPECT_EQ(results.back(), "requeue");
  EXPECT_EQ(api.writes().size(), writes);
  sync();
  EXPECT_GT(work(), 0);
  EXPECT_NE(results.back(), "requeue");
}

TEST_F(EngineTest, ReadsItsOwnWritesDirectlyWhenTheWatchStaysSilent) {
  create("a");
  sync();
  work();
  std::vector<std::string> reads;
  api.interfere = [&](const std::string& call) {
    if (call.starts_with("get ")) reads.push_back(call);
    return std::nullopt;
  };
  wake("a");
  results.clear();
  const auto decided = [&] { return std::ranges::any_of(results, [](const auto& r) { return r != "requeue"; }); };
  for (int i = 0; i < 100 && !decided(); ++i) {
    EXPECT_TRUE(reads.empty()) << "it waits for the watch first";
    clock.advance(Duration{60});
    work();
  }
  EXPECT_TRUE(decided());
  const std::vector<std::string> own{"get Dataset a",
                                     "get Job " + cluster::meta_of(*store.view(Kind::Job).front()).name};
  EXPECT_TRUE(std::ranges::is_permutation(reads, own)) << testing::PrintToString(reads);
}

TEST_F(EngineTest, WritesNoStatusThatIsEqualToTheStoredOne) {
  create("a");
  sync();
  for (int i = 0; i < 5; ++i) {
    work();
    sync();
  }
  const auto writes = api.writes().size();
  engine = make_engine();
  sync();
  EXPECT_GT(work(), 0);
  EXPECT_EQ(api.writes().size(), writes);
}

TEST_F(EngineTest, RetriesAFailedWriteWithAGrowingPauseAndSaysSoOnce) {
  create("a");
  api.interfere = [](const std::string& call) {
    return call.starts_with("create Job") ? std::optional(retry_error("quota exceeded")) : std::nullopt;
  };
  sync();
  for (int i = 0; i < 30; ++i) {
    work();
    sync();
    clock.advance(Duration{40});
  }
  const auto early = written("create Job");
  EXPECT_GE(early, 4);
  EXPECT_LE(early, 12) << "40 ms apart for more than a second without backoff would be 30";
  const auto events = api.events();
  EXPECT_EQ(std::ranges::count(events, "FailedCreate"), 1);
  EXPECT_NE(log.str().find("Dataset default/a"), std::string::npos) << log.str();
  EXPECT_NE(log.str().find("quota exceeded"), std::string::npos);
}

TEST_F(EngineTest, TreatsAConflictAsNewsAndNotAsAnError) {
  create("a");
  int conflicts = 0;
  api.interfere = [&](const std::string& call) {
    return call.starts_with("update_status") && conflicts++ < 2 ? std::optional(conflict_error("changed"))
                                                                : std::nullopt;
  };
  sync();
  for (int i = 0; i < 10; ++i) {
    work();
    sync();
    clock.advance(Duration{50});
  }
  EXPECT_EQ(get("a").status.observed_generation, 1);
  EXPECT_EQ(std::ranges::count(results, "error"), 0);
  EXPECT_EQ(log.str().find("changed"), std::string::npos) << "not worth a warning";
}

TEST_F(EngineTest, CreatesNothingFromAStaleView) {
  create("a");
  sync();
  // Someone changes the Dataset and the watch does not tell: the decision of the old view must not act.
  auto changed = get("a");
  changed.spec.description = "newer";
  ASSERT_TRUE(store.update(changed));
  work();
  EXPECT_EQ(jobs(), 0u);
  EXPECT_EQ(results.back(), "requeue");
}

TEST_F(EngineTest, LetsAMalformedResourceNotStopTheOthers) {
  Json malformed = Json::parse(R"({"apiVersion": "visionops.dev/v1alpha1", "kind": "Dataset",
      "metadata": {"name": "broken", "namespace": "default"}, "spec": {"group": 7, "version": []}})");
  ASSERT_TRUE(store.create_unchecked(malformed));
  create("good");
  sync();
  for (int i = 0; i < 5; ++i) {
    work();
    sync();
  }
  EXPECT_EQ(jobs(), 1u);
  EXPECT_TRUE(api::is_true(get("broken").status.conditions, api::condition::kStalled));
  EXPECT_EQ(get("good").status.observed_generation, 1);
}

TEST_F(EngineTest, SaysOnceThatAStatusIsRefusedAndDoesNotInsist) {
  create("a");
  create("good");
  api.interfere = [](const std::string& call) {
    return call == "update_status Dataset a" ? std::optional(invalid_error("metadata.name is too long")) : std::nullopt;
  };
  const auto live = [&](Duration time) {
    for (Duration passed{}; passed < time; passed += seconds(1)) {
      sync();
      work();
      wake("a");
      clock.advance(seconds(1));
    }
  };
  live(seconds(60));
  EXPECT_EQ(written("update_status Dataset a"), 1);
  EXPECT_EQ(get("good").status.observed_generation, 1) << "nobody else suffers";
  live(seconds(300));
  EXPECT_EQ(written("update_status Dataset a"), 2) << "the definition may have changed meanwhile";
  const auto events = api.events();
  EXPECT_EQ(std::ranges::count(events, "StatusRefused"), 1);
  const std::string told = log.str();
  EXPECT_EQ(told.find("metadata.name is too long"), told.rfind("metadata.name is too long")) << told;
  EXPECT_EQ(refused, 2);

  auto changed = get("a");
  changed.spec.description = "another version is tried at once";
  ASSERT_TRUE(store.update(changed));
  live(seconds(10));
  EXPECT_EQ(written("update_status Dataset a"), 3);
}

TEST_F(EngineTest, WakesAResourceThatWaitsForADatasetWhenTheDatasetComes) {
  create_training();
  sync();
  work();
  sync();
  work();
  results.clear();
  create("a");
  sync();
  EXPECT_GE(work(), 2) << "the Dataset and the TrainingJob that waits for it";
}

TEST_F(EngineTest, SendsEveryListedResourceToHistoryOnceAtItsStart) {
  create("a");
  sync();
  EXPECT_TRUE(records.empty()) << "it was never reconciled: nothing to tell yet";
  work();
  records.clear();
  engine = make_engine();
  create("b");
  sync();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(std::get<core::DatasetRecord>(records[0]).dataset.meta.name, "a");
  records.clear();
  store.compact_history();
  sync();  // Gone
  sync();  // list
  EXPECT_TRUE(records.empty()) << "a later list is no start";
}

TEST_F(EngineTest, TellsHistoryAndTheBoardWhenADatasetIsGone) {
  create("a");
  sync();
  work();
  sync();
  records.clear();
  wake("a");
  ASSERT_EQ(board.size(), 1u);
  ASSERT_TRUE(store.remove({Kind::Dataset, "default", "a"}, {}));
  sync();
  ASSERT_FALSE(records.empty());
  EXPECT_TRUE(std::get<core::DatasetRecord>(records.back()).deleted);
  EXPECT_EQ(board.size(), 0u);
}

TEST_F(EngineTest, TellsEventsAndRecordsOfAWriteWhoseReplyWasLost) {
  create("a");
  sync();
  api.interfere = [&](const std::string& call) -> std::optional<Error> {
    if (call != "update_status Dataset a") return std::nullopt;
    api.interfere = {};
    api.lose_next_reply = true;
    return std::nullopt;
  };
  work();
  records.clear();
  const auto events = api.events().size();
  for (int i = 0; i < 5; ++i) {
    sync();
    clock.advance(Duration{50});
    work();
  }
  EXPECT_GT(api.events().size(), events);
  EXPECT_FALSE(records.empty());
}

TEST_F(EngineTest, StoresWhatFollowsFromAJobBeforeTheJobGoes) {
  create("a");
  sync();
  for (int i = 0; i < 3; ++i) {
    work();
    sync();
  }
  ASSERT_EQ(jobs(), 1u);
  // The spec changes while the Job runs: the old Job has to go, but no status can be stored.
  auto changed = get("a");
  changed.spec.path = "elsewhere";
  ASSERT_TRUE(store.update(changed));
  api.interfere = [](const std::string& call) {
    return call.starts_with("update_status") ? std::optional(retry_error("away")) : std::nullopt;
  };
  for (int i = 0; i < 5; ++i) {
    sync();
    clock.advance(seconds(1));
    work();
  }
  EXPECT_EQ(written("remove Job"), 0);
  api.interfere = {};
  clock.advance(seconds(60));
  work();
  EXPECT_EQ(written("remove Job"), 1);
}

TEST_F(EngineTest, DeletesNoJobOnTheWordOfAStaleView) {
  create("a");
  sync();
  for (int i = 0; i < 3; ++i) {
    work();
    sync();
  }
  ASSERT_EQ(jobs(), 1u);
  // A change of the spec calls for the end of the Job. Meanwhile its Pod came, and no watch tells.
  auto changed = get("a");
  changed.spec.path = "elsewhere";
  ASSERT_TRUE(store.update(changed));
  for (auto& reflector : engine->reflectors()) {
    if (reflector->kind() == Kind::Dataset) (void)reflector->step({});
  }
  const auto job = std::get<cluster::Job>(*store.view(Kind::Job).front());
  cluster::Pod pod;
  pod.meta.name = "a-0";
  pod.meta.namespace_ = "default";
  pod.meta.labels = job.meta.labels;
  pod.meta.owner_references = {{"batch/v1", "Job", job.meta.name, job.meta.uid, true, true}};
  pod.spec = job.spec.pod;
  ASSERT_TRUE(store.create(pod));
  const auto status_writes = written("update_status");
  ASSERT_TRUE(engine->run_one());
  EXPECT_EQ(results.back(), "requeue");
  EXPECT_EQ(written("remove Job"), 0);
  EXPECT_EQ(written("update_status"), status_writes) << "nor is anything concluded from it";
  clock.advance(seconds(1));
  work();
  EXPECT_EQ(written("remove Job"), 1) << "what was read directly is the view now";
}

TEST_F(EngineTest, TellsHistoryThatARunEndedWithItsResource) {
  create_training();
  sync();
  work();
  sync();
  records.clear();
  ASSERT_TRUE(store.remove({Kind::TrainingJob, "default", "learn"}, {}));
  sync();
  ASSERT_EQ(records.size(), 1u);
  const auto& last = std::get<core::TrainingRecord>(records[0]).job.status;
  EXPECT_EQ(last.phase, api::Phase::Failed);
  EXPECT_EQ(last.message, "deleted before its run ended");
}

TEST_F(EngineTest, LooksAtEverythingAgainAfterTheResyncInterval) {
  create("a");
  sync();
  for (int i = 0; i < 5; ++i) {
    work();
    sync();
  }
  EXPECT_EQ(work(), 0);
  clock.advance(std::chrono::minutes(1));  // the start takes long by now, and that is told
  work();
  sync();
  work();
  clock.advance(std::chrono::hours(2));
  const auto writes = api.writes().size();
  EXPECT_GT(work(), 0);
  EXPECT_EQ(api.writes().size(), writes);
}

}  // namespace
}  // namespace visionops::runtime
