#include "operator/api/pipeline.h"

#include <gtest/gtest.h>

#include "tests/unit/api/documents.h"

namespace visionops::api {
namespace {

std::string problems_with(const char* pointer, const Json& value) {
  Json json = pipeline_document();
  json[Json::json_pointer(pointer)] = value;
  return describe(decode_pipeline(json).problems, 10);
}

TEST(PipelineCodec, ReadsWhatItWrites) {
  const Json json = pipeline_document();
  const Pipeline pipeline = decode_pipeline(json);
  EXPECT_TRUE(pipeline.problems.empty()) << describe(pipeline.problems);
  ASSERT_EQ(pipeline.spec.sources.size(), 2U);
  EXPECT_EQ(pipeline.spec.sources[0].manipulators.at(1).name, "rotate_180");
  EXPECT_EQ(pipeline.spec.retry->limit, 0);
  EXPECT_EQ(pipeline.spec.ttl_seconds_after_finished, 0);
  Json written = encode(pipeline);
  written.erase("status");
  EXPECT_EQ(written, json);
}

TEST(PipelineCodec, KeepsAWholeStatus) {
  Pipeline pipeline = decode_pipeline(pipeline_document());
  auto& status = pipeline.status;
  status.phase = Phase::Failed;
  status.stage = PipelineStage::ImageWriting;
  status.run = 3;
  status.attempt = 2;
  status.failure = FailureRecord{"LossNotAllowed", "12 masks", "name Masks", 5};
  status.resolved =
      ResolvedPipeline{{PinnedDataset{.name = "a",
                                      .uid = {},
                                      .group = {},
                                      .version = {},
                                      .store = {},
                                      .path = {},
                                      .annotations = {},
                                      .image_root = {},
                                      .digest = {}}},
                       ResolvedOutput{"night-train-v1.0.0", "night", Split::Train, "v1.0.0", "datasets", "p"}};
  status.loss = {{"Masks", 12}};
  status.started_at = parse_time("2026-11-21T02:34:40Z");
  status.runs = {{1, "h", "Succeeded", "night-train-v1.0.0", "", status.started_at, status.started_at}};
  const Json json = encode(pipeline);
  EXPECT_EQ(encode(decode_pipeline(json)), json);
}

TEST(PipelineRules, PointAtTheManipulatorAndItsParameter) {
  EXPECT_EQ(problems_with("/spec/sources/0/manipulators/1", Json::parse(R"({"rotate_18":{}})"))
                .find("spec.sources[0].manipulators[1]"),
            0U);
  EXPECT_EQ(problems_with("/spec/sources/0/manipulators/1", Json::parse(R"({"rotate_180":{"angle":90}})"))
                .find("spec.sources[0].manipulators[1].rotate_180"),
            0U);
  EXPECT_EQ(problems_with("/spec/sources/0/manipulators/0/filter_keep_by_class/classes", "car")
                .find("spec.sources[0].manipulators[0].filter_keep_by_class.classes"),
            0U);
  EXPECT_EQ(problems_with("/spec/sources/0/manipulators/1", "rotate_180"),
            "spec.sources[0].manipulators[1]: expected a mapping, got \"rotate_180\" (write \"rotate_180: {}\")");
}

TEST(PipelineRules, KeepManipulatorsInTheirPlace) {
  EXPECT_EQ(problems_with("/spec/sources/0/manipulators/1", Json::parse(R"({"merge_datasets":{}})"))
                .find("spec.sources[0].manipulators[1]"),
            0U);
  EXPECT_EQ(problems_with("/spec/postMerge/1", Json::parse(R"({"rotate_180":{}})")).find("spec.postMerge[1]"), 0U);
}

TEST(PipelineRules, AReferenceIsANameOrAGroupWithSplit) {
  const auto reference = [](const char* text) { return problems_with("/spec/sources/0/dataset", Json::parse(text)); };
  EXPECT_EQ(reference(R"({"name":"a"})"), "");
  EXPECT_EQ(reference(R"({"group":"a","split":"Val","version":"v1.0.0"})"), "");
  for (const char* bad : {R"({})", R"({"name":"a","group":"b","split":"Val"})"}) {
    EXPECT_NE(reference(bad).find("spec.sources[0].dataset: needs exactly one of name"), std::string::npos) << bad;
  }
  EXPECT_NE(reference(R"({"group":"a"})").find("group needs split"), std::string::npos);
  EXPECT_NE(reference(R"({"name":"a","split":"Val"})").find("go with group"), std::string::npos);
  EXPECT_NE(reference(R"({"name":"a","version":"v1.0.0"})").find("go with group"), std::string::npos);
  EXPECT_EQ(reference(R"({"name":"../x"})").find("spec.sources[0].dataset.name"), 0U);
}

TEST(PipelineRules, OneMistakeGivesOneMessage) {
  EXPECT_EQ(problems_with("/spec/sources/0/dataset", Json::parse(R"({"name":7})")),
            "spec.sources[0].dataset.name: expected a string, got the number 7: put it in quotes");
  EXPECT_EQ(problems_with("/spec/sources/0/dataset", "street"),
            "spec.sources[0].dataset: expected a mapping, got the string \"street\"");
}

TEST(PipelineRules, RefuseAPipelineThatWouldFeedItselfForEver) {
  Json json = pipeline_document();
  json["spec"]["sources"][1]["dataset"] = {{"group", "night"}, {"split", "Train"}};
  auto problems = decode_pipeline(json).problems;
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].path, "spec.sources[1].dataset");
  json["spec"]["onSourceChange"] = "Ignore";
  EXPECT_TRUE(decode_pipeline(json).problems.empty());
  json["spec"]["onSourceChange"] = "Run";
  json["spec"]["sources"][1]["dataset"]["split"] = "Val";
  EXPECT_TRUE(decode_pipeline(json).problems.empty());
}

TEST(PipelineRules, BoundWhatAClusterHasToCarry) {
  EXPECT_NE(problems_with("/spec/sources", Json::array()), "");
  EXPECT_NE(problems_with("/spec/parallelism", 0), "");
  EXPECT_NE(problems_with("/spec/parallelism", 257), "");
  EXPECT_NE(problems_with("/spec/seed", -1), "");
  EXPECT_NE(problems_with("/spec/resources/cpu", "0"), "");
  EXPECT_NE(problems_with("/spec/resources/cpu", "many"), "");
  EXPECT_NE(problems_with("/spec/resources/cpu", 4), "");
  EXPECT_NE(problems_with("/spec/resources/memory", "-1Gi"), "");
  EXPECT_NE(problems_with("/spec/output/type", "Raw"), "");
  EXPECT_NE(problems_with("/spec/output/path", "../x"), "");
  EXPECT_NE(problems_with("/spec/allowLoss/0", "Everything"), "");
  Json json = pipeline_document();
  for (int i = 0; i < 33; ++i)
    json["spec"]["sources"][0]["manipulators"][static_cast<std::size_t>(i)] = {{"rotate_180", Json::object()}};
  EXPECT_EQ(describe(decode_pipeline(json).problems),
            "spec.sources[0].manipulators: has 33 items; at most 32 are allowed");
}

}  // namespace
}  // namespace visionops::api
