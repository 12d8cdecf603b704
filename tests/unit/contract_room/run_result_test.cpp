#include "worker/contract/run_result.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/json.h"

namespace visionops::contract {
namespace {

DatasetFacts facts(std::size_t findings, std::size_t classes, const std::string& text) {
  DatasetFacts out;
  out.digest = "sha256:" + std::string(64, 'a');
  out.images = 1797;
  for (std::size_t i = 0; i < findings; ++i) out.first_problems.push_back({"MissingImage", text, "line 7", text});
  std::vector<ResultClassCount> counts;
  for (std::size_t i = 0; i < classes; ++i) {
    counts.push_back({text + std::to_string(i), static_cast<std::int64_t>(1000 - i), 2000});
  }
  set_class_counts(out, std::move(counts));
  return out;
}

TEST(RunResult, ReadsWhatItWrites) {
  RunResult result;
  result.error = ResultError{"InvalidInput", "annotation.json: byte 17: bad", "annotation.json", "images[3]", "fix it"};
  result.dataset = facts(2, 3, "x");
  result.pipeline = PipelineFacts{10, 8, 1, 2, {{"Masks", 4}}, true, false};
  result.train.emplace();
  result.train->epochs = 30;
  result.train->best_metric = "map50";
  result.train->best_value = 0.953;
  result.train->metrics = {{"map50", 0.953}};
  result.train->model = StoredCheckpoint{"run/best.pt", std::string(64, 'b'), 123, 17};
  const std::string text = encode(result);
  const auto back = decode_run_result(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back), text);
  EXPECT_EQ(back->dataset->class_counts.size(), 3U);
  EXPECT_EQ(back->train->model->epoch, 17);
}

TEST(RunResult, DropsFindingsFirstThenClassesAndKeepsTheFacts) {
  RunResult result;
  result.dataset = facts(200, 20, "some/file/name.jpg");
  auto back = decode_run_result(encode(result));
  ASSERT_TRUE(back);
  EXPECT_LT(back->dataset->first_problems.size(), 200U);
  EXPECT_EQ(back->dataset->class_counts.size(), 20U);

  result.dataset = facts(5, 400, "some-class");
  back = decode_run_result(encode(result));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->dataset->first_problems.empty());
  EXPECT_GT(back->dataset->class_counts.size(), 10U);
  EXPECT_LT(back->dataset->class_counts.size(), 400U);
  ASSERT_TRUE(back->dataset->fewest_images);
  EXPECT_EQ(back->dataset->fewest_images->name, "some-class399") << "the last of all, which was dropped from the list";
  EXPECT_EQ(back->dataset->digest, result.dataset->digest);
  EXPECT_EQ(back->dataset->images, 1797);
}

TEST(RunResult, CutsMessagesOfAnyContentToTheLimitOfKubernetes) {
  // Control characters take six bytes in JSON, broken UTF-8 three, wide characters three.
  for (const std::string& unit :
       {std::string("x"), std::string("\x01"), std::string("\xFF"), std::string("한"), std::string("\"")}) {
    std::string text;
    while (text.size() < 20000) text += unit;
    RunResult result;
    result.error = ResultError{"InvalidInput", text, text, text, text};
    const std::string encoded = encode(result);
    EXPECT_LE(encoded.size(), kMaxResultBytes);
    const auto back = decode_run_result(encoded);
    ASSERT_TRUE(back) << unit;
    EXPECT_EQ(back->error->failure_class, "InvalidInput");
    EXPECT_GT(back->error->message.size(), 20U);
  }
}

TEST(RunResult, NeverExceedsTheLimitWhateverIsInIt) {
  const std::string huge(50000, 'h');
  RunResult result;
  result.error = ResultError{huge, huge, huge, huge, huge};
  result.dataset = facts(100, 1000, std::string(300, 'c'));
  result.dataset->report = huge;
  result.pipeline = PipelineFacts{};
  result.train = TrainFacts{};
  for (int i = 0; i < 2000; ++i) {
    result.dataset->problems_by_kind["kind-" + std::to_string(i)] = i;
    result.pipeline->loss["loss-" + std::to_string(i)] = i;
    result.train->metrics["metric-" + std::to_string(i)] = i;
  }
  EXPECT_LE(encode(result).size(), kMaxResultBytes);
  EXPECT_TRUE(decode_run_result(encode(result)));
  result.dataset->report.clear();
  result.error->failure_class = "Internal";
  const auto back = decode_run_result(encode(result));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->dataset);
  EXPECT_FALSE(back->error->message.empty());
}

TEST(RunResult, DropsValuesThatAreNoNumbers) {
  RunResult result;
  result.train.emplace();
  result.train->best_value = std::nan("");
  result.train->metrics = {{"loss", INFINITY}, {"map50", 0.5}};
  const auto back = decode_run_result(encode(result));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->train->metrics, (std::map<std::string, double>{{"map50", 0.5}}));
}

TEST(RunResult, IgnoresMembersOfANewerWorkerButNotAnothersText) {
  EXPECT_TRUE(decode_run_result(R"({"dataset":{"images":3,"newer":true}})"));
  EXPECT_TRUE(decode_run_result("{}"));
  for (const char* text : {"", "Traceback (most recent call last):", "[]", "7", "null", R"({"result":1})",
                           R"({"dataset":[]})", R"({"dataset":{"images":"3"}})", R"({"dataset":{"images":-3}})",
                           R"({"train":{"model":{"path":"x","sha256":"zz"}}})"}) {
    EXPECT_FALSE(decode_run_result(text)) << text;
  }
  EXPECT_FALSE(decode_run_result("{\"error\":{\"class\":\"" + std::string(5000, 'x') + "\"}}"));
}

}  // namespace
}  // namespace visionops::contract
