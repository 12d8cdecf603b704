#include "operator/runtime/cache/dependents.h"

#include <gtest/gtest.h>

#include <deque>

#include "operator/runtime/cache/references.h"
#include "tests/unit/runtime/objects.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;

api::Pipeline pipeline(const std::string& name) {
  api::Pipeline p;
  p.meta.name = name;
  p.meta.namespace_ = "default";
  p.spec.output.group = "fusion";
  return p;
}

api::TrainingJob training(const std::string& name) {
  api::TrainingJob t;
  t.meta.name = name;
  t.meta.namespace_ = "default";
  return t;
}

api::DatasetReference named(const std::string& name) { return {name, "", std::nullopt, ""}; }
api::DatasetReference grouped(const std::string& group) { return {"", group, Split::Train, ""}; }

ObjectPtr shared(Object object) { return std::make_shared<const Object>(std::move(object)); }

struct DependentsTest : testing::Test {
  ObjectCache cache;
  int version = 0;

  template <class T>
  T& put(T object) {
    object.meta.uid = object.meta.name + "-uid";
    object.meta.resource_version = std::to_string(++version);
    cache.apply({cluster::ChangeType::Added, object});
    return stored<T>.emplace_back(std::move(object));
  }
  template <class T>
  static inline std::deque<T> stored;

  std::set<std::string> woken_by(const Object& object) {
    std::set<std::string> names;
    for (const auto& key : dependents({cluster::key_of(object), nullptr, shared(object)}, cache))
      names.insert(key.name);
    return names;
  }
  using Names = std::set<std::string>;
};

TEST_F(DependentsTest, AWorkloadWakesTheTrainingWhoseJobItIsAbout) {
  const auto& owner = put(training("detector"));
  const auto& job = put(job_of(owner.meta, "TrainingJob", "detector-vtj-r1-a1"));
  cluster::Workload workload;
  workload.meta.name = "job-detector";
  workload.meta.namespace_ = "default";
  workload.meta.owner_references = {{"batch/v1", "Job", job.meta.name, job.meta.uid, true, true}};
  EXPECT_EQ(woken_by(workload), Names{"detector"});
  workload.meta.owner_references[0].uid = "of-a-predecessor";
  EXPECT_EQ(woken_by(workload), Names{});
}

TEST_F(DependentsTest, TheEndOfARunWakesTheDatasetsThatItHasPinned) {
  auto before = training("detector");
  before.status.phase = api::Phase::Running;
  before.status.resolved.emplace().train.emplace().name = "a";
  auto after = before;
  const auto wakes_a = [&](const ObjectPtr& now) {
    const cluster::Object object = before;
    return dependents({cluster::key_of(object), shared(before), now}, cache).contains({Kind::Dataset, "default", "a"});
  };
  EXPECT_FALSE(wakes_a(shared(after))) << "telemetry";
  EXPECT_TRUE(wakes_a(nullptr)) << "deleted";
  after.status.phase = api::Phase::Succeeded;
  EXPECT_TRUE(wakes_a(shared(after)));
}

TEST_F(DependentsTest, ADatasetWakesItselfAndThePipelinesThatReferToIt) {
  auto by_name = pipeline("by-name");
  by_name.spec.sources = {{named("a"), {}}};
  auto by_group = pipeline("by-group");
  by_group.spec.sources = {{grouped("street"), {}}};
  put(by_name);
  put(by_group);
  put(pipeline("stranger"));
  EXPECT_EQ(woken_by(dataset("a", "street")), (Names{"a", "by-name", "by-group"}));
}

TEST_F(DependentsTest, AnOutputDatasetWakesThePipelineThatMadeIt) {
  put(pipeline("maker"));
  EXPECT_EQ(woken_by(dataset("fusion-train-v1.0.0", "fusion")), (Names{"fusion-train-v1.0.0", "maker"}));
  EXPECT_EQ(woken_by(dataset("fusion-train-v1.0.0", "foreign")), (Names{"fusion-train-v1.0.0", "maker"}))
      << "the holder of a name that the next version could get";
}

TEST_F(DependentsTest, APipelineWakesThoseThatTakeVersionsOfTheSameOutput) {
  put(pipeline("other"));
  auto elsewhere = pipeline("stranger");
  elsewhere.spec.output.split = Split::Val;
  put(elsewhere);
  EXPECT_EQ(woken_by(pipeline("maker")), (Names{"maker", "other"}));
}

TEST_F(DependentsTest, ADatasetWakesTheTrainingJobsThatTrainOrValidateOnIt) {
  auto trains = training("trains");
  trains.spec.datasets.train.group = "street";
  auto validates = training("validates");
  validates.spec.datasets.val = named("a");
  auto pinned = training("pinned");
  pinned.status.resolved.emplace().train.emplace().name = "a";
  put(trains);
  put(validates);
  put(pinned);
  put(training("stranger"));
  EXPECT_EQ(woken_by(dataset("a", "street")), (Names{"a", "trains", "validates", "pinned"}));
}

TEST_F(DependentsTest, ATrainingJobWakesThoseThatResumeFromIt) {
  auto heir = training("heir");
  heir.spec.resume_from.emplace().training_job = "old";
  put(heir);
  EXPECT_EQ(woken_by(training("old")), (Names{"old", "heir"}));
  EXPECT_EQ(woken_by(training("other")), (Names{"other"}));
}

TEST_F(DependentsTest, AJobWakesItsOwnerAlsoWhenTheNameLabelIsCut) {
  const auto owner = put(pipeline("maker"));
  auto job = job_of(owner.meta, "Pipeline", "maker-r1-a1");
  job.meta.labels[std::string(core::kOwnerNameLabel)] = "mak-1234";
  EXPECT_EQ(woken_by(job), (Names{"maker"}));
}

TEST_F(DependentsTest, AJobOfAPredecessorWakesTheSuccessorOfTheSameName) {
  auto owner = put(pipeline("maker"));
  owner.meta.uid = "uid-of-the-old-one";
  EXPECT_EQ(woken_by(job_of(owner.meta, "Pipeline", "maker-r1-a1")), (Names{"maker"}));
}

TEST_F(DependentsTest, AnEmptyReferenceRefersToNothing) {
  EXPECT_FALSE(concerns(training("t"), dataset("", "")));
  auto p = pipeline("p");
  p.spec.output.group.clear();
  p.spec.sources = {{}};
  EXPECT_FALSE(concerns(p, dataset("a", "")));
}

TEST_F(DependentsTest, NothingIsWokenAcrossNamespaces) {
  auto trains = training("trains");
  trains.spec.datasets.train.group = "street";
  put(trains);
  auto elsewhere = dataset("a", "street");
  elsewhere.meta.namespace_ = "other";
  EXPECT_EQ(woken_by(elsewhere), (Names{"a"}));
}

}  // namespace
}  // namespace visionops::runtime
