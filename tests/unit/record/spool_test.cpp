#include "operator/record/spool.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

namespace visionops::record {
namespace {

class SpoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "spool.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ / "history.spool";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_, file_;
};

std::vector<core::Record> one_of_each() {
  core::DatasetRecord dataset;
  dataset.dataset.meta.name = "scan-a";
  dataset.dataset.meta.namespace_ = "default";
  dataset.dataset.meta.resource_version = "17";
  dataset.dataset.spec.group = "scan";
  dataset.dataset.status.images = 12;
  dataset.transform_config = R"({"postMerge":[]})";
  dataset.deleted = true;
  core::PipelineRecord pipeline;
  pipeline.pipeline.meta.name = "fuse";
  pipeline.pipeline.status.run = 3;
  core::TrainingRecord training;
  training.job.meta.name = "detector";
  training.job.status.epoch = 4;
  training.own_spec = false;
  core::TelemetryRecord telemetry;
  telemetry.message.owner = {"TrainingJob", "default", "detector", "uid", 3, 1};
  telemetry.message.pod = "pod";
  telemetry.message.sequence = 9;
  telemetry.message.metrics.push_back({"loss", 0.5, 10, 1, TimePoint{Duration{1'790'000'000'123}}});
  core::NotificationRecord notification{"TrainingJob",
                                        "default",
                                        "detector",
                                        "uid",
                                        3,
                                        "diverging",
                                        "loss is 12",
                                        TimePoint{Duration{1'790'000'000'456}}};
  return {dataset, pipeline, training, telemetry, notification};
}

TEST_F(SpoolTest, BringsEveryKindOfRecordBack) {
  ASSERT_TRUE(write_spool(file_, one_of_each()).ok());
  const auto content = read_spool(file_);
  ASSERT_TRUE(content.ok());
  ASSERT_EQ(content->records.size(), 5U);
  EXPECT_EQ(content->damaged_lines, 0U);
  const auto& dataset = std::get<core::DatasetRecord>(content->records[0]);
  EXPECT_EQ(dataset.dataset.spec.group, "scan");
  EXPECT_EQ(dataset.dataset.status.images, 12);
  EXPECT_EQ(dataset.transform_config, R"({"postMerge":[]})");
  EXPECT_TRUE(std::get<core::PipelineRecord>(content->records[1]).own_spec);
  EXPECT_FALSE(std::get<core::TrainingRecord>(content->records[2]).own_spec);
  EXPECT_TRUE(dataset.deleted);
  EXPECT_EQ(std::get<core::PipelineRecord>(content->records[1]).pipeline.status.run, 3);
  EXPECT_EQ(std::get<core::TrainingRecord>(content->records[2]).job.status.epoch, 4);
  const auto& message = std::get<core::TelemetryRecord>(content->records[3]).message;
  EXPECT_EQ(message.metrics.at(0).at, TimePoint{Duration{1'790'000'000'123}});
  const auto& notification = std::get<core::NotificationRecord>(content->records[4]);
  EXPECT_EQ(notification.alert, "diverging");
  EXPECT_EQ(notification.at, TimePoint{Duration{1'790'000'000'456}});
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(encode_record(content->records[i]), encode_record(one_of_each()[i]));
}

TEST_F(SpoolTest, LeavesOutDamagedLinesAndKeepsTheRest) {
  ASSERT_TRUE(write_spool(file_, one_of_each()).ok());
  std::ofstream(file_, std::ios::app) << "{\"kind\": \"Dataset\"}\nnot json\n{\"kind\":\"Unknown\"}\n[1]\n";
  const auto content = read_spool(file_);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->records.size(), 5U);
  EXPECT_EQ(content->damaged_lines, 4U);
}

TEST_F(SpoolTest, IsEmptyWithoutAFileAndRemovesItForNoRecords) {
  EXPECT_TRUE(read_spool(file_)->records.empty());
  ASSERT_TRUE(write_spool(file_, one_of_each()).ok());
  ASSERT_TRUE(write_spool(file_, {}).ok());
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_TRUE(write_spool(file_, {}).ok());
}

TEST_F(SpoolTest, IsReadableByItsOwnerOnlyAndLeavesNoOtherFile) {
  ASSERT_TRUE(write_spool(file_, one_of_each()).ok());
  struct stat info {};
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1);
}

TEST_F(SpoolTest, SaysWhyItCannotBeWritten) {
  const auto status = write_spool(folder_ / "missing" / "history.spool", one_of_each());
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace visionops::record
