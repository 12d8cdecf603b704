#include "worker/contract/run_spec.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace visionops::contract {
namespace {

DatasetLocation location(const char* name, const char* path) {
  DatasetLocation out;
  out.name = name;
  out.store = "datasets";
  out.path = path;
  return out;
}

RunSpec pipeline_spec() {
  RunSpec spec;
  spec.owner = {"Pipeline", "default", "night", "uid-1", 3, 2};
  PipelineRun run;
  run.sources.push_back({location("street", "raw/street"),
                         {{"filter_keep_by_class", {R"({"classes":["bus","car"]})"}}, {"rotate_180", {"{}"}}}});
  run.post_merge.push_back({"merge_datasets", {}});
  run.output = location("night-train-v1.0.0", "fusion/night/train/v1.0.0");
  run.output.format = Format("YOLO");
  run.output.split = Split::Train;
  run.output.version = "v1.0.0";
  run.output_group = "night";
  run.output_type = DatasetType::Fusion;
  run.allow_loss = {LossKind::Masks};
  run.seed = 7;
  run.shards = 4;
  spec.pipeline = run;
  return spec;
}

TEST(RunSpec, ReadsWhatItWrites) {
  Problems problems;
  const std::string text = encode(pipeline_spec());
  const RunSpec spec = decode_run_spec(text, problems);
  ASSERT_TRUE(problems.empty()) << describe(problems);
  EXPECT_EQ(encode(spec), text);
  ASSERT_TRUE(spec.pipeline);
  EXPECT_EQ(spec.owner.run, 3);
  EXPECT_EQ(spec.pipeline->sources.at(0).manipulators.at(0).name, "filter_keep_by_class");
  EXPECT_EQ(spec.pipeline->sources.at(0).manipulators.at(0).params.json, R"({"classes":["bus","car"]})");
  EXPECT_EQ(spec.pipeline->output.format, Format("YOLO"));
  EXPECT_EQ(spec.pipeline->shards, 4);
}

TEST(RunSpec, TakesEveryLossThatAPipelineMayAllow) {
  RunSpec spec = pipeline_spec();
  spec.pipeline->allow_loss.clear();
  for (const auto& row : names_of(LossKind{})) spec.pipeline->allow_loss.push_back(row.value);
  Problems problems;
  const RunSpec read = decode_run_spec(encode(spec), problems);
  ASSERT_TRUE(problems.empty()) << describe(problems);
  EXPECT_EQ(read.pipeline->allow_loss, spec.pipeline->allow_loss);
}

TEST(RunSpec, KeepsValuesOfATrainingThatEqualTheDefaults) {
  RunSpec spec;
  spec.owner = {"TrainingJob", "default", "digits", "uid", 1, 1};
  TrainRun run;
  run.model = "centernet_nano";
  run.train = location("d", "d");
  spec.train = run;
  const auto json = parse_json(encode(spec));
  ASSERT_TRUE(json);
  // A worker of another version may have other defaults.
  for (const char* key : {"epochs", "batchSize", "learningRate", "weightDecay", "warmupEpochs", "seed"}) {
    EXPECT_TRUE((*json)["train"].contains(key)) << key;
  }
}

TEST(RunSpec, NeedsExactlyOneKindOfWork) {
  Problems problems;
  decode_run_spec(R"({"owner":{"kind":"Dataset","name":"a"}})", problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].message.find("found 0"), std::string::npos);
  problems.clear();
  const char* dataset = R"({"store":"s","path":"p"})";
  decode_run_spec(std::string(R"({"owner":{"kind":"Dataset","name":"a"},"inspect":{"dataset":)") + dataset +
                      R"(},"remove":{"dataset":)" + dataset + "}}",
                  problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].message.find("found 2"), std::string::npos);
}

TEST(RunSpec, RefusesWhatIsNotASpecAndNamesThePlace) {
  Problems problems;
  decode_run_spec("{", problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].message.find("byte"), std::string::npos);
  problems.clear();
  decode_run_spec("[]", problems);
  EXPECT_EQ(describe(problems), ": expected a mapping, got a list");
  problems.clear();
  decode_run_spec(R"({"owner":{"kind":"Pipeline","name":"a"},"pipeline":{"sources":[{"dataset":{"store":"s"}}],
                      "output":{"store":"s","path":"p"},"shards":0}})",
                  problems);
  EXPECT_EQ(describe(problems), "pipeline.sources[0].dataset.path: is required; pipeline.shards: must be at least 1");
}

TEST(ManipulatorCall, HasExactlyOneName) {
  const auto problem = [](const char* calls) {
    Problems problems;
    decode_run_spec(std::string(R"({"owner":{"kind":"Pipeline","name":"a"},"pipeline":{"sources":[{"dataset":
      {"store":"s","path":"p"}}],"output":{"store":"s","path":"p"},"postMerge":)") +
                        calls + "}}",
                    problems);
    return describe(problems);
  };
  EXPECT_EQ(problem(R"([{"merge_datasets":{}}])"), "");
  EXPECT_EQ(problem(R"(["merge_datasets"])"),
            "pipeline.postMerge[0]: expected a mapping, got \"merge_datasets\" (write \"merge_datasets: {}\")");
  EXPECT_EQ(problem(R"([{"merge_datasets":null}])"),
            "pipeline.postMerge[0].merge_datasets: has no value (write \"merge_datasets: {}\" for no parameters)");
  EXPECT_NE(problem(R"([{}])").find("needs exactly one key"), std::string::npos);
  EXPECT_NE(problem(R"([{"a":{},"b":{}}])").find("found 2"), std::string::npos);
  EXPECT_EQ(problem(R"([{"a":[1]}])"), "pipeline.postMerge[0].a: expected a mapping, got a list");
  EXPECT_EQ(problem(R"([7])"),
            "pipeline.postMerge[0]: expected a mapping with the name of a manipulator, got the number 7");
}

}  // namespace
}  // namespace visionops::contract
