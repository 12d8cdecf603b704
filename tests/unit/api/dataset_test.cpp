#include "operator/api/dataset.h"

#include <gtest/gtest.h>

#include "tests/unit/api/documents.h"

namespace visionops::api {
namespace {

std::string problems_with(const char* pointer, const Json& value) {
  Json json = dataset_document();
  json[Json::json_pointer(pointer)] = value;
  return describe(decode_dataset(json).problems, 10);
}

TEST(DatasetCodec, ReadsWhatItWrites) {
  const Json json = dataset_document();
  const Dataset dataset = decode_dataset(json);
  EXPECT_TRUE(dataset.problems.empty()) << describe(dataset.problems);
  EXPECT_EQ(dataset.spec.quality_gate->min_images_per_class, 20);
  EXPECT_FALSE(dataset.spec.quality_gate->min_images);
  EXPECT_EQ(dataset.spec.deletion_policy, DeletionPolicy::Delete);
  Json written = encode(dataset);
  // Phase is always told.
  EXPECT_EQ(written["status"], (Json{{"phase", "Pending"}}));
  written.erase("status");
  EXPECT_EQ(written, json);
}

TEST(DatasetCodec, KeepsAWholeStatus) {
  Dataset dataset = decode_dataset(dataset_document());
  auto& status = dataset.status;
  const TimePoint now = *parse_time("2026-11-21T02:34:40Z");
  status.observed_generation = 3;
  status.phase = Phase::Succeeded;
  set_condition(status.conditions,
                {.type = "Ready",
                 .status = ConditionStatus::True,
                 .observed_generation = 3,
                 .last_transition_time = {},
                 .reason = "Inspected",
                 .message = "done"},
                now);
  status.resolved = ResolvedDataset{"datasets", "raw/x"};
  status.digest = "sha256:" + std::string(64, 'a');
  status.images = 1797;
  status.class_counts = {{"car", 10, 20}};
  status.health =
      Health{2, 1, 0, {{"MissingImage", 1}}, {{"Rows", 2}}, {{"MissingImage", "a.jpg", "images[3]", "not there"}}};
  status.lineage =
      Lineage{"night",
              "uid",
              2,
              {PinnedDataset{"a", "u", "g", Split::Val, "v1.0.0", Format("YOLO"), "s", "p", "a.json", "images", "d"}}};
  const Json json = encode(dataset);
  const Dataset back = decode_dataset(json);
  EXPECT_TRUE(back.problems.empty()) << describe(back.problems);
  EXPECT_EQ(encode(back), json);
  EXPECT_EQ(back.status.conditions, status.conditions);
  EXPECT_EQ(back.status.lineage->parents, status.lineage->parents);
}

TEST(DatasetCodec, AStatusOfAnotherVersionNeverSpoilsTheResource) {
  Json json = dataset_document();
  json["status"] = Json::parse(R"({"phase":"Succeeded","images":"many","newer":{"x":1},"classes":3,
    "conditions":[{"type":"Ready","status":"Perhaps"}],"health":{"problems":7,"newer":true}})");
  const Dataset dataset = decode_dataset(json);
  EXPECT_TRUE(dataset.problems.empty()) << describe(dataset.problems);
  EXPECT_EQ(dataset.status.phase, Phase::Succeeded);
  EXPECT_EQ(dataset.status.images, 0);
  EXPECT_EQ(dataset.status.classes, 3);
  EXPECT_TRUE(dataset.status.conditions.empty());
  EXPECT_EQ(dataset.status.health->problems, 7);
  for (const Json& broken : {Json("text"), Json(7), Json::array(), Json(nullptr)}) {
    json["status"] = broken;
    EXPECT_TRUE(decode_dataset(json).problems.empty()) << broken;
  }
}

TEST(DatasetCodec, IsTotalForWhateverArrives) {
  for (const Json& json : {Json(nullptr), Json(7), Json("x"), Json::array(), Json::object(), Json{{"spec", 7}},
                           Json{{"metadata", "x"}, {"spec", Json::array()}}, Json{{"metadata", {{"labels", 7}}}}}) {
    EXPECT_FALSE(decode_dataset(json).problems.empty()) << json;
  }
}

TEST(DatasetCodec, IgnoresWhatOthersKeepInMetadata) {
  Json json = dataset_document();
  json["metadata"]["managedFields"] = Json::parse(R"([{"manager":"kubectl","fieldsV1":{"f:spec":{}}}])");
  json["metadata"]["creationTimestamp"] = nullptr;
  json["metadata"]["selfLink"] = "";
  EXPECT_TRUE(decode_dataset(json).problems.empty());
}

TEST(DatasetRules, NameTheFieldAndTheWayOut) {
  EXPECT_EQ(problems_with("/spec/grup", "x"), "spec.grup: unknown field; did you mean \"group\"?");
  EXPECT_EQ(
      problems_with("/spec/group", "Street"),
      "spec.group: \"Street\" must be lower-case letters, digits and '-', and begin and end with a letter or digit");
  EXPECT_EQ(problems_with("/spec/group", 7), "spec.group: expected a string, got the number 7: put it in quotes");
  EXPECT_EQ(problems_with("/spec/version", "1.0.0"),
            "spec.version: \"1.0.0\" must look like v1.0.0 (three numbers of at most 4 digits)");
  EXPECT_EQ(problems_with("/spec/split", "train"), "spec.split: \"train\" is not one of Train, Val, Test, None");
  EXPECT_EQ(problems_with("/spec/tasks/1", "Detection"), "spec.tasks[1]: \"Detection\" stands in the list twice");
  EXPECT_EQ(problems_with("/spec/qualityGate/minImages", -1), "spec.qualityGate.minImages: must be at least 0");
  EXPECT_EQ(problems_with("/spec/store", ""), "spec.store: must not be empty");
  EXPECT_EQ(problems_with("/specs", Json::object()), "specs: unknown field; did you mean \"spec\"?");
  EXPECT_EQ(problems_with("/apiVersion", "visionops.dev/v1"),
            "apiVersion: must be visionops.dev/v1alpha1, got \"visionops.dev/v1\"");
  EXPECT_EQ(problems_with("/kind", "Pipeline"), "kind: must be Dataset, got \"Pipeline\"");
}

TEST(DatasetRules, RequireWhatIdentifiesTheData) {
  for (const char* name : {"group", "type", "split", "version", "format", "store"}) {
    Json json = dataset_document();
    json["spec"].erase(name);
    EXPECT_EQ(describe(decode_dataset(json).problems), std::string("spec.") + name + ": is required");
  }
}

class RefusedPath : public testing::TestWithParam<const char*> {};
TEST_P(RefusedPath, LeadsOutOfTheStore) { EXPECT_NE(problems_with("/spec/path", GetParam()), "") << GetParam(); }
INSTANTIATE_TEST_SUITE_P(Paths, RefusedPath,
                         testing::Values("", "/etc", "..", ".", "a/../b", "a/..", "../a", "./a", "a//b", "a\\b", "a%2e",
                                         "a\nb", "a/./b", "//", "/"));

TEST(DatasetRules, TakePathsOfPeople) {
  for (const char* path :
       {"a", "a/b", "a/b/", "raw/street 2/v1.0.0", "a..b", "...", ".hidden/x", "한국어/데이터", "a:b"}) {
    EXPECT_EQ(problems_with("/spec/path", path), "") << path;
  }
  EXPECT_NE(problems_with("/spec/path", std::string(256, 'a')), "");
}

TEST(DatasetRules, NamesAreDnsNamesThatFitIntoALabel) {
  EXPECT_EQ(problems_with("/metadata/name", std::string(63, 'a')), "");
  EXPECT_NE(problems_with("/metadata/name", std::string(64, 'a')), "");
  EXPECT_NE(problems_with("/metadata/name", "Street"), "");
  EXPECT_NE(problems_with("/metadata/name", "a/../b"), "");
  Json json = dataset_document();
  json["metadata"].erase("name");
  EXPECT_EQ(describe(decode_dataset(json).problems), "metadata.name: is required");
}

TEST(DatasetPath, DefaultsToTypeGroupSplitVersionInLowerCase) {
  DatasetSpec spec;
  spec.group = "street";
  spec.type = DatasetType::Fusion;
  spec.split = Split::Train;
  spec.version = "v1.0.0";
  EXPECT_EQ(dataset_path(spec), "fusion/street/train/v1.0.0");
  spec.path = "a/b/";
  EXPECT_EQ(dataset_path(spec), "a/b");
  spec.path = "/";
  EXPECT_EQ(dataset_path(spec), "");
}

}  // namespace
}  // namespace visionops::api
