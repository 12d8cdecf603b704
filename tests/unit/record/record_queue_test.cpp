#include "operator/record/record_queue.h"

#include <gtest/gtest.h>

namespace visionops::record {
namespace {

core::TelemetryRecord message(std::int64_t sequence) {
  core::TelemetryRecord record;
  record.message.owner.kind = "TrainingJob";
  record.message.sequence = sequence;
  return record;
}

core::PipelineRecord pipeline(const std::string& name, std::int64_t run, api::Phase phase) {
  core::PipelineRecord record;
  record.pipeline.meta.namespace_ = "default";
  record.pipeline.meta.name = name;
  record.pipeline.meta.uid = "uid-" + name;
  record.pipeline.status.run = run;
  record.pipeline.status.phase = phase;
  return record;
}

std::int64_t sequence_of(const core::Record& record) {
  return std::get<core::TelemetryRecord>(record).message.sequence;
}

TEST(RecordQueue, GivesRecordsInTheOrderTheyCame) {
  RecordQueue queue({});
  for (int i = 0; i < 5; ++i) queue.push(message(i));
  const auto first = queue.pop(3);
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(sequence_of(first[0]), 0);
  EXPECT_EQ(sequence_of(first[2]), 2);
  EXPECT_EQ(queue.pop(10).size(), 2U);
  EXPECT_TRUE(queue.empty());
}

TEST(RecordQueue, KeepsOnlyTheNewestStateOfAWaitingRun) {
  RecordQueue queue({});
  queue.push(pipeline("a", 1, api::Phase::Pending));
  queue.push(message(1));
  queue.push(pipeline("a", 1, api::Phase::Succeeded));
  queue.push(pipeline("a", 2, api::Phase::Running));
  queue.push(pipeline("b", 1, api::Phase::Running));
  EXPECT_EQ(queue.size(), 4U);
  EXPECT_EQ(queue.coalesced(), 1U);
  EXPECT_EQ(queue.dropped(), 0U);
  const auto records = queue.pop(10);
  EXPECT_EQ(std::get<core::PipelineRecord>(records[0]).pipeline.status.phase, api::Phase::Succeeded);
}

TEST(RecordQueue, KeepsTheSpecThatAWaitingRunWasStartedWith) {
  RecordQueue queue({});
  auto started = pipeline("a", 1, api::Phase::Running);
  started.pipeline.status.attempt = 1;
  started.pipeline.spec.seed = 7;
  auto edited = started;
  edited.pipeline.spec.seed = 8;
  edited.pipeline.status.phase = api::Phase::Failed;
  edited.own_spec = false;
  queue.push(started);
  queue.push(edited);
  const auto records = queue.pop(10);
  ASSERT_EQ(records.size(), 1U);
  const auto& kept = std::get<core::PipelineRecord>(records[0]);
  EXPECT_EQ(kept.pipeline.spec.seed, 7);
  EXPECT_TRUE(kept.own_spec);
  EXPECT_EQ(kept.pipeline.status.phase, api::Phase::Failed);
}

TEST(RecordQueue, TakesTheNewestSpecOfARunThatHasNotStartedAndNeverThatOfAnotherRun) {
  RecordQueue queue({});
  auto waiting = pipeline("a", 1, api::Phase::Pending);
  waiting.pipeline.spec.suspend = true;
  auto resumed = waiting;
  resumed.pipeline.spec.suspend = false;
  queue.push(waiting);
  queue.push(resumed);
  EXPECT_FALSE(std::get<core::PipelineRecord>(queue.pop(10)[0]).pipeline.spec.suspend);
  auto other = resumed;  // of the same number: the resource lost its status
  other.pipeline.status.spec_hash = "other";
  other.pipeline.spec.seed = 3;
  resumed.pipeline.status.attempt = 1;
  queue.push(resumed);
  queue.push(other);
  EXPECT_EQ(std::get<core::PipelineRecord>(queue.pop(10)[0]).pipeline.spec.seed, 3);
}

TEST(RecordQueue, DoesNotReplaceARecordThatIsAlreadyBeingWritten) {
  RecordQueue queue({});
  queue.push(pipeline("a", 1, api::Phase::Pending));
  (void)queue.pop(1);
  queue.push(pipeline("a", 1, api::Phase::Succeeded));
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue.coalesced(), 0U);
}

TEST(RecordQueue, DropsTheOldestTelemetryFirstWhenFull) {
  RecordQueue queue({4, 1 << 20});
  queue.push(pipeline("a", 1, api::Phase::Running));
  for (int i = 0; i < 10; ++i) queue.push(message(i));
  EXPECT_EQ(queue.size(), 4U);
  EXPECT_EQ(queue.dropped(), 7U);
  const auto records = queue.pop(10);
  EXPECT_TRUE(std::holds_alternative<core::PipelineRecord>(records[0]));
  EXPECT_EQ(sequence_of(records[1]), 7);
  EXPECT_EQ(sequence_of(records[3]), 9);
}

TEST(RecordQueue, DropsTheOldestResourceWhenNoTelemetryIsLeft) {
  RecordQueue queue({2, 1 << 20});
  for (const char* name : {"a", "b", "c"}) queue.push(pipeline(name, 1, api::Phase::Running));
  const auto records = queue.pop(10);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(std::get<core::PipelineRecord>(records[0]).pipeline.meta.name, "b");
  EXPECT_EQ(queue.dropped(), 1U);
  queue.push(pipeline("a", 1, api::Phase::Succeeded));
  EXPECT_EQ(queue.coalesced(), 0U) << "a dropped record leaves no trace behind";
}

TEST(RecordQueue, IsBoundedInBytes) {
  RecordQueue queue({1'000'000, 64 * 1024});
  auto large = message(0);
  large.message.metrics.resize(100);
  for (int i = 0; i < 100; ++i) queue.push(large);
  EXPECT_LT(queue.size(), 10U);
  EXPECT_GT(queue.dropped(), 90U);
}

}  // namespace
}  // namespace visionops::record
