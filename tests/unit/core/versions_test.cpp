#include <gtest/gtest.h>

#include <algorithm>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/core/dataset_resolution.h"
#include "operator/core/pipeline/output_version.h"
#include "operator/core/semantic_version.h"
#include "operator/core/spec_hash.h"
#include "tests/unit/api/documents.h"
#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

TEST(SemanticVersion, ReadsThreeNumbersAndNothingElse) {
  EXPECT_EQ(parse_version("v1.20.3"), (SemanticVersion{1, 20, 3}));
  EXPECT_EQ(parse_version("0.0.0"), (SemanticVersion{0, 0, 0}));
  for (const char* bad : {"", "v", "v1", "v1.2", "v1.2.3.4", "v1.2.x", "v1..3", "v-1.2.3", "v1.2.3-rc1", " v1.2.3",
                          "v1.2.99999999999999999999"}) {
    EXPECT_FALSE(parse_version(bad)) << bad;
  }
}

TEST(SemanticVersion, OrdersByNumberNotByText) {
  EXPECT_LT(*parse_version("v1.9.0"), *parse_version("v1.10.0"));
  EXPECT_LT(*parse_version("v1.0.9"), *parse_version("v1.0.10"));
  EXPECT_EQ(to_string(next_patch(*parse_version("v1.0.9"))), "v1.0.10");
}

TEST(OutputVersion, StartsWithOneAndCountsUpAboveEveryDatasetOfGroupAndSplit) {
  const auto p = pipeline();
  EXPECT_EQ(assign_output(p.spec.output, {{}, {}, {}, ""}).version, "v1.0.0");
  const std::vector<api::Dataset> datasets{
      dataset("a", "night", Split::Train, "v1.0.0"), dataset("b", "night", Split::Train, "v1.2.9"),
      dataset("c", "night", Split::Val, "v7.0.0"), dataset("d", "street", Split::Train, "v9.0.0")};
  const auto out = assign_output(p.spec.output, {datasets, {}, {}, ""});
  EXPECT_EQ(out.version, "v1.2.10");
  EXPECT_EQ(out.dataset, "night-train-v1.2.10");
  EXPECT_EQ(out.path, "fusion/night/train/v1.2.10");
}

TEST(OutputVersion, LeavesOutWhatOtherPipelinesAndEarlierRunsHaveTaken) {
  const auto p = pipeline();
  auto other = pipeline("other");
  other.status.resolved.emplace();
  other.status.resolved->output =
      api::ResolvedOutput{"night-train-v1.0.4", "night", Split::Train, "v1.0.4", "datasets", ""};
  const std::vector<api::Pipeline> pipelines{other};
  EXPECT_EQ(assign_output(p.spec.output, {{}, pipelines, {}, p.meta.uid}).version, "v1.0.5");
  EXPECT_EQ(assign_output(p.spec.output, {{}, pipelines, {}, other.meta.uid}).version, "v1.0.0")
      << "its own is not taken";
  api::RunRecord old;
  old.run = 1;
  old.result = "night-train-v2.0.0";
  const std::vector<api::RunRecord> runs{old};
  EXPECT_EQ(assign_output(p.spec.output, {{}, {}, runs, ""}).version, "v2.0.1");
  EXPECT_EQ(assign_output(p.spec.output, {{}, {}, {}, ""}, "v3.0.0").version, "v3.0.1");
}

TEST(OutputVersion, TheSpecsOwnVersionWins) {
  auto p = pipeline();
  p.spec.output.version = "v5.0.0";
  p.spec.output.path = "here/{now}";
  const auto out = assign_output(p.spec.output, {{}, {}, {}, ""});
  EXPECT_EQ(out.version, "v5.0.0");
  EXPECT_EQ(out.path, "here/{now}");
}

TEST(DatasetReference, TakesTheNewestReadyVersionOfAGroup) {
  auto newest = dataset("c", "street", Split::Train, "v1.10.0");  // not Ready yet
  const std::vector<api::Dataset> all{ready(dataset("b", "street", Split::Train, "v1.9.0")),
                                      ready(dataset("a", "street", Split::Train, "v1.2.0")), newest,
                                      ready(dataset("x", "street", Split::Val, "v3.0.0"))};
  api::DatasetReference reference;
  reference.group = "street";
  reference.split = Split::Train;
  ASSERT_TRUE(resolve_dataset(reference, all).pinned);
  EXPECT_EQ(resolve_dataset(reference, all).pinned->name, "b");
  reference.version = "v1.2.0";
  EXPECT_EQ(resolve_dataset(reference, all).pinned->name, "a");
}

TEST(DatasetReference, SaysWhichDatasetIsMissingAndWhichIsNotReady) {
  api::DatasetReference by_name;
  by_name.name = "a";
  EXPECT_EQ(resolve_dataset(by_name, {}).reason, "DatasetNotFound");
  EXPECT_EQ(resolve_dataset(by_name, {}).message, "Dataset a does not exist");
  auto d = dataset("a");
  EXPECT_EQ(resolve_dataset(by_name, {d}).reason, "DatasetNotReady");
  auto failed = d;
  failed.status.phase = api::Phase::Failed;
  failed.status.message = "raw/a: does not exist";
  EXPECT_EQ(resolve_dataset(by_name, {failed}).reason, "DatasetFailed");
  EXPECT_EQ(resolve_dataset(by_name, {failed}).message, "Dataset a has failed: raw/a: does not exist");
  api::Condition gate;
  gate.type = "QualityGate";
  gate.status = api::ConditionStatus::False;
  gate.message = "minImages is 5, found 1";
  d.status.conditions = {gate};
  EXPECT_EQ(resolve_dataset(by_name, {d}).reason, "QualityGateFailed");
  EXPECT_NE(resolve_dataset(by_name, {d}).message.find("minImages is 5"), std::string::npos);
  api::DatasetReference by_group;
  by_group.group = "harbour";
  by_group.split = Split::Val;
  EXPECT_EQ(resolve_dataset(by_group, {d}).message, "no Dataset of group harbour, split Val exists");
}

TEST(DatasetReference, ADatasetThatIsBeingDeletedIsNotFound) {
  auto d = ready(dataset("a"));
  d.meta.deletion_timestamp = start_time();
  api::DatasetReference reference;
  reference.name = "a";
  EXPECT_EQ(resolve_dataset(reference, {d}).reason, "DatasetNotFound");
}

TEST(SpecHash, DependsOnWhatTheRunMakesAndNotOnHowItIsSteered) {
  const auto base = pipeline();
  const std::string hash = spec_hash(base, {});
  EXPECT_EQ(hash.size(), 16u);
  auto same = base;
  same.spec.suspend = true;
  same.spec.retry = api::RetryPolicy{9};
  same.spec.deadlines = api::Deadlines{1, 2, 3};
  same.spec.ttl_seconds_after_finished = 5;
  same.spec.on_source_change = api::OnSourceChange::Run;
  same.meta.labels["x"] = "y";
  EXPECT_EQ(spec_hash(same, {}), hash);
  auto other = base;
  other.spec.sources[0].manipulators[0].params.json = R"({"classes":["bus"]})";
  EXPECT_NE(spec_hash(other, {}), hash);
  auto rerun = base;
  rerun.meta.annotations[std::string(kRerunAnnotation)] = "1";
  EXPECT_NE(spec_hash(rerun, {}), hash);
  EXPECT_NE(spec_hash(base, {{"spec.x", "unknown field"}}), hash);
}

TEST(SpecHash, AlertsAndQueueDoNotRestartATraining) {
  const auto base = training_job();
  auto same = base;
  same.spec.alerts = {{"a", "loss > 1"}};
  same.spec.queue = "team-a";
  EXPECT_EQ(spec_hash(same, {}), spec_hash(base, {}));
  same.spec.hyperparameters.emplace().epochs = 5;
  EXPECT_NE(spec_hash(same, {}), spec_hash(base, {}));
}

/// A hash that changes with a version of the operator would start every run anew.
TEST(SpecHash, IsWhatEarlierVersionsWroteIntoTheStatus) {
  Json dataset = api::dataset_document();
  for (const char* later : {"annotations", "imageRoot", "allowLoss"}) dataset["spec"].erase(later);
  EXPECT_EQ(spec_hash(api::decode_dataset(dataset), {}), "441ffabf91757734");
  // spec.resources was part of the identity.
  EXPECT_EQ(earlier_spec_hash(api::decode_pipeline(api::pipeline_document()), {}), "e4ad85d92ef9910c");
  Json training = api::training_job_document();
  for (const char* later : {"image", "command", "weights", "allowLoss"}) training["spec"].erase(later);
  EXPECT_EQ(earlier_spec_hash(api::decode_training_job(training), {}), "7278ee83eb2cac52");
}

TEST(SpecHash, ARunOfAnEarlierVersionGoesOn) {
  api::TrainingJob job = api::decode_training_job(api::training_job_document());
  ASSERT_TRUE(job.spec.resources);
  job.status.spec_hash = earlier_spec_hash(job, {});
  EXPECT_NE(job.status.spec_hash, spec_hash(job, {}));
  EXPECT_TRUE(is_spec_of_run(job));
}

/// Takes the fields of a spec away, one at a time; the names of those that the hash did not miss.
template <class Resource>
std::vector<std::string> not_hashed(const Json& document, Resource (*decode)(const Json&)) {
  const std::string whole = spec_hash(decode(document), {});
  std::vector<std::string> names;
  for (const auto& [name, value] : document.at("spec").items()) {
    Json without = document;
    without["spec"].erase(name);
    if (spec_hash(decode(without), {}) == whole) names.push_back(name);
  }
  return names;
}

template <class Spec>
std::vector<std::string> steering() {
  auto names = Spec::fields().steering();
  std::ranges::sort(names);
  return names;
}

TEST(SpecHash, AFieldWithoutAMarkIsPartOfTheIdentity) {
  // Values that differ from the defaults: a required one is hashed as its default when it is away.
  Json training = api::training_job_document();
  training["spec"].update(Json::parse(R"({"task":"Segmentation","runtime":"other","suspend":true,
    "retry":{"limit":0},"deadlines":{"activeSeconds":60},"queuePriority":"urgent"})"));
  Json dataset = api::dataset_document();
  dataset["spec"].update(Json::parse(R"({"type":"Fusion","split":"Val","format":"YOLO"})"));
  EXPECT_EQ(not_hashed(training, api::decode_training_job), steering<api::TrainingJobSpec>());
  EXPECT_EQ(not_hashed(api::pipeline_document(), api::decode_pipeline), steering<api::PipelineSpec>());
  EXPECT_EQ(not_hashed(dataset, api::decode_dataset), steering<api::DatasetSpec>());
  // Whatever is steering is in these documents, and whatever a spec has: a new field has to be put into one.
  const auto whole = [](const Json& document, const Json& schema) {
    for (const auto& [name, child] : schema.at("properties").items()) {
      EXPECT_TRUE(document.at("spec").contains(name)) << name;
    }
  };
  whole(training, api::TrainingJobSpec::fields().schema());
  whole(api::pipeline_document(), api::PipelineSpec::fields().schema());
  whole(dataset, api::DatasetSpec::fields().schema());
}

}  // namespace
}  // namespace visionops::core
