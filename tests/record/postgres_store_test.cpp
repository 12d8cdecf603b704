#include "operator/record/postgres_store.h"

#include "tests/record/database.h"
#include "tests/record/records.h"

namespace visionops::record {
namespace {

class PostgresStoreTest : public DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    auto store = PostgresStore::open(database());
    ASSERT_TRUE(store.ok());
    store_ = std::move(*store);
  }
  void TearDown() override {
    store_.reset();
    DatabaseTest::TearDown();
  }
  void write(const std::vector<core::Record>& records) {
    const auto status = store_->write(records);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  /// All rows of all tables with every column, so that any change shows.
  std::string everything() const {
    std::string all;
    for (const char* table :
         {"dataset_groups", "datasets", "dataset_lineage", "pipeline_executions", "objectives", "recipes", "solutions",
          "solution_versions", "training_jobs", "metrics", "checkpoints", "gpu_samples", "notifications"}) {
      all += std::string(table) + ": " +
             query(std::string("SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM visionops.") + table + " t") +
             "\n";
    }
    return all;
  }

  std::unique_ptr<PostgresStore> store_;
};

std::vector<core::Record> whole_story() {
  const auto a = dataset("scan-a-v1.0.0", "scan-a");
  const auto b = dataset("scan-b-v1.0.0", "scan-b");
  auto pending = b;
  pending.dataset.meta.resource_version = "4";
  pending.dataset.status = {};
  auto samples = telemetry(1, 1, 2, 11, 12);
  contract::ResourceSample sample;
  sample.at = TimePoint{Duration{1'790'000'000'500}};
  sample.cpu_seconds = 12.5;
  sample.memory_bytes = 1 << 20;
  samples.message.samples.push_back(sample);
  sample.gpu_index = 0;
  sample.gpu_name = "NVIDIA H200";
  samples.message.samples.push_back(sample);
  samples.message.checkpoints.push_back({"runs/detector/epoch-0017.pt", "abc", 1000, 17});
  core::NotificationRecord notification{"TrainingJob",
                                        "default",
                                        "detector",
                                        "uid-detector",
                                        1,
                                        "diverging",
                                        "loss is 12",
                                        TimePoint{Duration{1'790'000'001'000}}};
  return {a,
          pending,
          b,
          pipeline(1, api::Phase::Running, "20"),
          pipeline_progress(1, "fuse-0", 1, 50, 100),
          pipeline_progress(1, "fuse-1", 1, 20, 100),
          derived("fused-train-v1.0.0", {pinned(a), pinned(b)}),
          pipeline(1, api::Phase::Succeeded, "25"),
          training(1, api::Phase::Running, "30"),
          telemetry(1, 1, 1, 1, 10),
          samples,
          training(1, api::Phase::Succeeded, "35"),
          notification};
}

TEST_F(PostgresStoreTest, KeepsTheColumnsOfTheDocuments) {
  write(whole_story());
  EXPECT_EQ(query("SELECT dataset_type || ' ' || annotation_format || ' ' || task_types || ' ' || modality "
                  "FROM visionops.dataset_groups WHERE name = 'scan-a'"),
            R"(RAW COCO ["DETECTION", "ATTR_CLASSIFICATION"] RGB)");
  EXPECT_EQ(
      query("SELECT split || ' ' || version || ' ' || storage_uri || ' ' || status || ' ' || image_count || ' ' || "
            "class_count FROM visionops.datasets WHERE name = 'scan-a-v1.0.0'"),
      "TRAIN v1.0.0 raw/scan-a/train/v1.0.0 READY 120 3");
  EXPECT_EQ(query("SELECT status || ' ' || current_stage || ' ' || processed_count || ' ' || total_count "
                  "FROM visionops.pipeline_executions"),
            "DONE image_writing 200 200");
  EXPECT_EQ(
      query(
          "SELECT d.name FROM visionops.pipeline_executions e JOIN visionops.datasets d ON d.id = e.output_dataset_id"),
      "fused-train-v1.0.0");
  EXPECT_EQ(
      query("SELECT metadata -> 'classCounts' -> 0 ->> 'name' FROM visionops.datasets WHERE name = 'scan-a-v1.0.0'"),
      "car");
}

TEST_F(PostgresStoreTest, ConnectsATrainingJobWithItsRecipeSolutionAndDatasets) {
  write(whole_story());
  EXPECT_EQ(
      query("SELECT o.task_type || ' ' || r.model_type || ' ' || s.name || ' ' || tr.name || ' ' || va.name || ' ' || "
            "v.spec_hash || ' ' || t.status || ' ' || t.epoch || ' ' || t.best_value || ' ' || t.container_id || ' ' "
            "|| t.gpu_ids "
            "FROM visionops.training_jobs t JOIN visionops.solution_versions v ON v.id = t.solution_version_id "
            "JOIN visionops.solutions s ON s.id = v.solution_id JOIN visionops.recipes r ON r.id = s.recipe_id "
            "JOIN visionops.objectives o ON o.id = r.objective_id "
            "JOIN visionops.datasets tr ON tr.id = s.train_dataset_id "
            "JOIN visionops.datasets va ON va.id = s.val_dataset_id"),
      "DETECTION centernet_nano detector fused-train-v1.0.0 scan-val-v1.0.0 hash-1 DONE 30 0.95 detector-1 [0]");
  EXPECT_EQ(query("SELECT best FROM visionops.checkpoints WHERE path = 'runs/detector/epoch-0017.pt'"), "t");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.metrics"), "12");
  EXPECT_EQ(query("SELECT count(*) FILTER (WHERE gpu_utilization_ratio IS NULL) FROM visionops.gpu_samples"), "2");
}

TEST_F(PostgresStoreTest, AReplayChangesNothing) {
  write(whole_story());
  const std::string before = everything();
  write(whole_story());
  EXPECT_EQ(everything(), before);
}

TEST_F(PostgresStoreTest, AnOlderStateNeverOverwritesANewerOne) {
  const auto story = whole_story();
  write(story);
  const std::string before = everything();
  for (const auto& record : story) write({record});  // each alone, from the oldest on
  EXPECT_EQ(everything(), before);
}

TEST_F(PostgresStoreTest, ShowsProgressAsTheSumOverPods) {
  write({pipeline(1, api::Phase::Running, "20"), pipeline_progress(1, "fuse-0", 3, 60, 100),
         pipeline_progress(1, "fuse-1", 1, 20, 80), pipeline_progress(1, "fuse-0", 2, 40, 100)});
  EXPECT_EQ(query("SELECT processed_count || '/' || total_count FROM visionops.pipeline_executions"), "80/180");
}

TEST_F(PostgresStoreTest, RecordsAChildBeforeItsParents) {
  const auto a = dataset("scan-a-v1.0.0", "scan-a");
  const auto b = dataset("scan-b-v1.0.0", "scan-b");
  write({derived("fused-train-v1.0.0", {pinned(a), pinned(b)})});
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets WHERE stub"), "2");
  EXPECT_EQ(query("SELECT dataset_type FROM visionops.dataset_groups WHERE name = 'scan-a'"), "NULL");
  write({a, b});
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets WHERE stub"), "0");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets"), "3");
  EXPECT_EQ(query("SELECT dataset_type FROM visionops.dataset_groups WHERE name = 'scan-a'"), "RAW");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.dataset_lineage WHERE transform_config -> 'postMerge' IS NOT NULL"),
            "2");
}

TEST_F(PostgresStoreTest, WalksLineageUpAndDownOverGenerations) {
  const auto a = dataset("scan-a-v1.0.0", "scan-a");
  const auto b = dataset("scan-b-v1.0.0", "scan-b");
  const auto middle = derived("middle-v1.0.0", {pinned(a), pinned(b)});
  const auto last = derived("last-v1.0.0", {pinned(middle), pinned(a)}, 2);
  write({a, b, middle, last});
  EXPECT_EQ(query("SELECT string_agg(depth || ':' || name, ' ' ORDER BY depth, name) "
                  "FROM visionops.lineage_up(visionops.dataset_id('default', 'last-v1.0.0'))"),
            "1:middle-v1.0.0 1:scan-a-v1.0.0 2:scan-a-v1.0.0 2:scan-b-v1.0.0");
  EXPECT_EQ(query("SELECT string_agg(depth || ':' || name, ' ' ORDER BY depth, name) "
                  "FROM visionops.lineage_down(visionops.dataset_id('default', 'scan-b-v1.0.0'))"),
            "1:middle-v1.0.0 2:last-v1.0.0");
  // Damaged data: a cycle ends the walk.
  (void)query(
      "INSERT INTO visionops.dataset_lineage (parent_id, child_id) VALUES "
      "(visionops.dataset_id('default', 'last-v1.0.0'), visionops.dataset_id('default', 'scan-a-v1.0.0')) RETURNING 1");
  EXPECT_EQ(query("SELECT max(depth) FROM visionops.lineage_up(visionops.dataset_id('default', 'last-v1.0.0'))"), "2");
}

TEST_F(PostgresStoreTest, ShowsTwoVersionsWithTheirParentsInOneQuery) {
  const auto a = dataset("scan-a-v1.0.0", "scan-a");
  write({a, derived("fused-train-v1.0.0", {pinned(a)}, 1, "v1.0.0"),
         derived("fused-train-v1.0.1", {pinned(a)}, 2, "v1.0.1")});
  EXPECT_EQ(query("SELECT string_agg(child.version || ' <- ' || parent.name, ', ' ORDER BY child.version) "
                  "FROM visionops.dataset_lineage l JOIN visionops.datasets child ON child.id = l.child_id "
                  "JOIN visionops.datasets parent ON parent.id = l.parent_id"),
            "v1.0.0 <- scan-a-v1.0.0, v1.0.1 <- scan-a-v1.0.0");
}

TEST_F(PostgresStoreTest, SummarisesGroupsAfterSettling) {
  const auto a = dataset("scan-a-v1.0.0", "scan-a");
  auto b = dataset("scan-a-v1.0.1", "scan-a", "v1.0.1");
  write({a, b});
  ASSERT_TRUE(store_->settle().ok());
  EXPECT_EQ(query("SELECT splits -> 0 ->> 'split' FROM visionops.dataset_group_summary WHERE name = 'scan-a'"),
            "TRAIN");
  EXPECT_EQ(query("SELECT jsonb_array_length(splits -> 0 -> 'versions') FROM visionops.dataset_group_summary"), "2");
  b.deleted = true;
  write({b});
  ASSERT_TRUE(store_->settle().ok());
  EXPECT_EQ(query("SELECT jsonb_array_length(splits -> 0 -> 'versions') FROM visionops.dataset_group_summary"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets"), "2") << "deleting a resource keeps its history";
}

TEST_F(PostgresStoreTest, KeepsADeletedAndRecreatedVersionApart) {
  const auto first = dataset("scan-a-v1.0.0", "scan-a");
  auto second = first;
  second.dataset.meta.uid = "uid-second";
  second.dataset.meta.resource_version = "90";
  second.dataset.meta.creation_timestamp += std::chrono::hours(1);
  write({first, second, first});
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets"), "2");
  EXPECT_EQ(query("SELECT uid FROM visionops.datasets WHERE deleted_at IS NULL"), "uid-second");
  EXPECT_EQ(query("SELECT uid FROM visionops.datasets WHERE id = visionops.dataset_id('default', 'scan-a-v1.0.0')"),
            "uid-second");
}

TEST_F(PostgresStoreTest, KeepsTheConfigurationThatARunWasStartedWith) {
  auto running = training(1, api::Phase::Running, "30");
  running.job.spec.hyperparameters->learning_rate = 0.01;
  running.job.status.resolved->hyperparameters = running.job.spec.hyperparameters;
  running.job.status.resolved->hyperparameters->weight_decay = 0.0001;
  auto done = training(1, api::Phase::Succeeded, "35");
  done.job.spec.hyperparameters = running.job.spec.hyperparameters;
  done.job.status.resolved->hyperparameters = running.job.status.resolved->hyperparameters;
  // The operator starts again, lists the edited resource, and sends what it sees: the status of run 1.
  auto edited = done;
  edited.own_spec = false;
  edited.job.meta.resource_version = "36";
  edited.job.spec.hyperparameters->learning_rate = 0.5;
  edited.job.spec.hyperparameters->epochs = 3;
  auto second = training(2, api::Phase::Running, "37");
  second.job.spec = edited.job.spec;
  const char* shown =
      "SELECT run || ': ' || (config #>> '{spec,hyperparameters,learningRate}') || ' ' || "
      "(config #>> '{spec,hyperparameters,epochs}') || ' ' || status FROM visionops.training_jobs ORDER BY run";
  write({running, done});
  write({edited});
  EXPECT_EQ(query(shown), "1: 0.01 30 DONE");
  write({second});
  EXPECT_EQ(query(std::string("SELECT string_agg(x, ', ' ORDER BY x) FROM (") + shown + ") AS rows(x)"),
            "1: 0.01 30 DONE, 2: 0.5 3 RUNNING");
  EXPECT_EQ(query("SELECT hyperparameters ->> 'weightDecay' FROM visionops.training_jobs WHERE run = 1"), "0.0001");
  EXPECT_EQ(query("SELECT string_agg(spec_hash || ' ' || (override_config #>> '{hyperparameters,learningRate}'), ', ' "
                  "ORDER BY spec_hash) FROM visionops.solution_versions"),
            "hash-1 0.01, hash-2 0.5");
}

TEST_F(PostgresStoreTest, KeepsTheConfigurationOfAStartedRunWhenOnlyItsSteeringIsEdited) {
  auto waiting = training(1, api::Phase::Pending, "30");
  waiting.job.status.attempt = 0;
  waiting.job.spec.suspend = true;
  auto started = training(1, api::Phase::Running, "31");
  started.job.spec.queue = "team-a";
  auto edited = training(1, api::Phase::Succeeded, "32");
  edited.job.spec.queue = "team-b";
  write({waiting, started, edited});
  EXPECT_EQ(query("SELECT (config -> 'spec' ->> 'queue') || ' ' || (config -> 'spec' ? 'suspend') || ' ' || status "
                  "FROM visionops.training_jobs"),
            "team-a false DONE");
}

TEST_F(PostgresStoreTest, KeepsTheAllowancesThatAFailedPipelineRunDidNotHave) {
  auto failed = pipeline(1, api::Phase::Failed, "20");
  failed.pipeline.status.message = "a loss is not allowed: Masks";
  auto edited = failed;
  edited.own_spec = false;
  edited.pipeline.meta.resource_version = "21";
  edited.pipeline.spec.allow_loss = {LossKind::Masks};
  write({failed, edited});
  EXPECT_EQ(query("SELECT (config -> 'spec' ? 'allowLoss') || ' ' || status FROM visionops.pipeline_executions"),
            "false FAILED");
}

TEST_F(PostgresStoreTest, ARunOfTheSameNumberWithAnotherSpecHashTakesTheRowWholly) {
  auto done = training(1, api::Phase::Succeeded, "30");
  auto again = training(1, api::Phase::Running, "40");
  again.job.status.spec_hash = "hash-after-the-status-was-lost";
  again.job.spec.hyperparameters->epochs = 5;
  write({done, again});
  EXPECT_EQ(query("SELECT (config #>> '{spec,hyperparameters,epochs}') || ' ' || metrics || ' ' || status "
                  "FROM visionops.training_jobs"),
            "5 {} RUNNING");
}

TEST_F(PostgresStoreTest, KeepsTheCurvesOfTwoRunsOfOneNumberApart) {
  auto before = telemetry(1, 3, 1, 1, 10);
  before.message.owner.identity = "before";
  auto now = telemetry(1, 1, 1, 1, 5);
  now.message.owner.identity = "now";
  auto row = training(1, api::Phase::Running, "40");
  row.job.status.resolved->identity = "now";
  write({row, before, now});
  EXPECT_EQ(query("SELECT count(*) || ' ' || max(attempt) FROM visionops.metric_curves WHERE name = 'loss'"), "5 1");
  EXPECT_EQ(query("SELECT attempt || ' ' || container_id FROM visionops.training_jobs"), "1 detector-1");
}

TEST_F(PostgresStoreTest, ARecordWithoutTheRunsOwnSpecStillTellsHowItEnded) {
  auto edited = training(1, api::Phase::Succeeded, "30");
  edited.own_spec = false;
  write({edited});
  EXPECT_EQ(query("SELECT status || ' ' || (config ? 'spec') || ' ' || (solution_version_id IS NULL) "
                  "FROM visionops.training_jobs"),
            "DONE false true");
}

TEST_F(PostgresStoreTest, FinishesEarlierRunsThatWereNeverRecordedThemselves) {
  auto second = pipeline(2, api::Phase::Running, "40");
  api::RunRecord first;
  first.run = 1;
  first.spec_hash = "hash-1";
  first.phase = "Succeeded";
  first.finished_at = TimePoint{Duration{1'790'000'060'000}};
  second.pipeline.status.runs = {first};
  write({pipeline(1, api::Phase::Running, "20"), second});
  EXPECT_EQ(query("SELECT string_agg(run || ':' || status, ' ' ORDER BY run) FROM visionops.pipeline_executions"),
            "1:DONE 2:RUNNING");
}

TEST_F(PostgresStoreTest, PrefersTheLaterAttemptWhereStepsWereRepeated) {
  write({training(1, api::Phase::Running, "30"), telemetry(1, 1, 1, 1, 20), telemetry(1, 2, 1, 11, 30)});
  EXPECT_EQ(query("SELECT count(*) FROM visionops.metrics"), "40");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.metric_curves WHERE name = 'loss'"), "30");
  EXPECT_EQ(query("SELECT attempt FROM visionops.metric_curves WHERE step = 15"), "2");
  EXPECT_EQ(query("SELECT attempt || ' ' || epoch FROM visionops.training_jobs"), "2 3");
}

TEST_F(PostgresStoreTest, TakesTextThatPostgresWouldRefuse) {
  auto odd = dataset("scan-a-v1.0.0", "scan-a");
  odd.dataset.spec.description = std::string("nul \0 and broken \xC3 utf-8", 25);
  write({odd});
  EXPECT_EQ(query("SELECT description FROM visionops.dataset_groups"), "nul  and broken \xEF\xBF\xBD utf-8");
}

TEST_F(PostgresStoreTest, RefusesBadDataWithoutWritingAnyOfTheBatch) {
  auto bad = dataset("bad", "scan-a");
  bad.dataset.spec.split = static_cast<Split>(99);  // no such word in the database
  const auto status = store_->write({dataset("good", "scan-a"), bad});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().cls, ErrorClass::Invalid) << status.error().message;
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets"), "0");
  write({dataset("good", "scan-a")});
}

TEST(PostgresStore, IsRetryWithoutTheConnectionStringWhenNobodyAnswers) {
  auto store = PostgresStore::open("host=/nonexistent user=someone password=secret123 dbname=x");
  ASSERT_TRUE(store.ok());
  const auto status = (*store)->write({dataset("a", "b")});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().cls, ErrorClass::Retry);
  EXPECT_EQ(status.error().message.find("secret123"), std::string::npos);
}

}  // namespace
}  // namespace visionops::record
