#include "tests/sim/workload.h"

#include <algorithm>

#include "base/json.h"
#include "operator/core/reconcile.h"
#include "operator/runtime/cache/resource_facts.h"

namespace visionops::sim {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;
using local::ObjectStore;

constexpr const char* kDataset = R"({"apiVersion": "visionops.dev/v1alpha1", "kind": "Dataset",
  "metadata": {"namespace": "lab"},
  "spec": {"type": "Raw", "split": "Train", "version": "v1.0.0", "format": "COCO", "tasks": ["Detection"],
           "store": "datasets"}})";

constexpr const char* kPipeline = R"({"apiVersion": "visionops.dev/v1alpha1", "kind": "Pipeline",
  "metadata": {"namespace": "lab", "name": "fuse"},
  "spec": {"sources": [{"dataset": {"name": "street"}}, {"dataset": {"group": "harbour", "split": "Train"}}],
           "postMerge": [{"merge_datasets": {}}], "parallelism": 2, "seed": 7,
           "output": {"group": "fusion", "type": "Fusion", "split": "Train", "format": "COCO",
                      "tasks": ["Detection"], "store": "datasets"}}})";

constexpr const char* kTraining = R"({"apiVersion": "visionops.dev/v1alpha1", "kind": "TrainingJob",
  "metadata": {"namespace": "lab"},
  "spec": {"runtime": "builtin", "task": "Detection", "model": "centernet_nano",
           "datasets": {"train": {"group": "fusion", "split": "Train"}, "val": {"name": "holdout"}},
           "hyperparameters": {"epochs": 5}, "checkpoints": {"store": "models"}, "retry": {"limit": 2}}})";

ObjectKey key(Kind kind, const std::string& name) { return {kind, "lab", name}; }

Status apply_manifest(ObjectStore& store, const Json& manifest) {
  auto object = cluster::decode_object(manifest);
  if (!object) return object.error();
  const auto created = store.create(*object);
  return created ? Status{} : Status{created.error()};
}

Status add_dataset(ObjectStore& store, const std::string& name, const std::string& group, const std::string& path,
                   const std::string& deletion) {
  Json manifest = Json::parse(kDataset);
  manifest["metadata"]["name"] = name;
  manifest["spec"]["group"] = group;
  manifest["spec"]["path"] = path;
  manifest["spec"]["deletionPolicy"] = deletion;
  return apply_manifest(store, manifest);
}

Status add_training(ObjectStore& store, const std::string& name) {
  Json manifest = Json::parse(kTraining);
  manifest["metadata"]["name"] = name;
  return apply_manifest(store, manifest);
}

template <class Resource, class Change>
Status change(ObjectStore& store, Kind kind, const std::string& name, Change&& edit) {
  auto object = store.get(key(kind, name));
  if (!object) return object.error();
  edit(std::get<Resource>(*object));
  const auto updated = store.update(*object);
  return updated ? Status{} : Status{updated.error()};
}

bool exists(const ObjectStore& store, Kind kind, const std::string& name) { return store.get(key(kind, name)).ok(); }

bool in_phase(const ObjectStore& store, Kind kind, const std::string& name, std::string_view phase) {
  const auto object = store.get(key(kind, name));
  return object && runtime::phase_of(*object) == phase;
}

bool succeeded(const ObjectStore& store, Kind kind, const std::string& name, std::int64_t run) {
  const auto object = store.get(key(kind, name));
  if (!object || runtime::phase_of(*object) != "Succeeded") return false;
  if (const auto* pipeline = std::get_if<api::Pipeline>(&*object)) return pipeline->status.run == run;
  return std::get<api::TrainingJob>(*object).status.run == run;
}

/// A Pod of `owner` has not ended.
bool has_pod_at_work(const ObjectStore& store, const std::string& owner) {
  const auto pods = store.view(Kind::Pod);
  return std::ranges::any_of(pods, [&](const auto& object) {
    const auto& pod = std::get<cluster::Pod>(*object);
    return pod.meta.labels.at(std::string(core::kOwnerNameLabel)) == owner &&
           pod.phase != cluster::PodPhase::Succeeded && pod.phase != cluster::PodPhase::Failed;
  });
}

Status remove(ObjectStore& store, Kind kind, const std::string& name) { return store.remove(key(kind, name), {}); }

}  // namespace

std::vector<UserStep> workload() {
  const auto always = [](const ObjectStore&) { return true; };
  return {
      {"the TrainingJob is applied first", always, [](ObjectStore& s) { return add_training(s, "learn"); }},
      {"the Pipeline", always, [](ObjectStore& s) { return apply_manifest(s, Json::parse(kPipeline)); }},
      {"Dataset street", always,
       [](ObjectStore& s) { return add_dataset(s, "street", "street", "raw/street", "Retain"); }},
      {"Dataset harbour", always,
       [](ObjectStore& s) { return add_dataset(s, "harbour", "harbour", "raw/harbour", "Retain"); }},
      {"Dataset holdout", always,
       [](ObjectStore& s) { return add_dataset(s, "holdout", "holdout", "raw/holdout", "Delete"); }},
      {kSuspendStep, [](const ObjectStore& s) { return in_phase(s, Kind::TrainingJob, "learn", "Running"); },
       [](ObjectStore& s) {
         return change<api::TrainingJob>(s, Kind::TrainingJob, "learn", [](auto& job) { job.spec.suspend = true; });
       }},
      {"resume it",
       [](const ObjectStore& s) {
         return in_phase(s, Kind::TrainingJob, "learn", "Suspended") && !has_pod_at_work(s, "learn");
       },
       [](ObjectStore& s) {
         return change<api::TrainingJob>(s, Kind::TrainingJob, "learn", [](auto& job) { job.spec.suspend = false; });
       }},
      {"change the Pipeline", [](const ObjectStore& s) { return succeeded(s, Kind::TrainingJob, "learn", 1); },
       [](ObjectStore& s) {
         return change<api::Pipeline>(s, Kind::Pipeline, "fuse", [](auto& pipeline) { pipeline.spec.seed = 8; });
       }},
      {"ask for a second training",
       [](const ObjectStore& s) {
         return succeeded(s, Kind::Pipeline, "fuse", 2) && in_phase(s, Kind::TrainingJob, "learn", "Succeeded");
       },
       [](ObjectStore& s) {
         return change<api::TrainingJob>(s, Kind::TrainingJob, "learn", [](auto& job) {
           job.meta.annotations[std::string(core::kRerunAnnotation)] = "again";
         });
       }},
      {"another training", [](const ObjectStore& s) { return succeeded(s, Kind::TrainingJob, "learn", 2); },
       [](ObjectStore& s) { return add_training(s, "doomed"); }},
      {"delete it while it runs",
       [](const ObjectStore& s) { return in_phase(s, Kind::TrainingJob, "doomed", "Running"); },
       [](ObjectStore& s) { return remove(s, Kind::TrainingJob, "doomed"); }},
      {"delete a Dataset with its files",
       [](const ObjectStore& s) { return !exists(s, Kind::TrainingJob, "doomed") && !has_pod_at_work(s, "doomed"); },
       [](ObjectStore& s) { return remove(s, Kind::Dataset, "holdout"); }},
      {"use its name again", [](const ObjectStore& s) { return !exists(s, Kind::Dataset, "holdout"); },
       [](ObjectStore& s) { return add_dataset(s, "holdout", "holdout", "raw/holdout-2", "Retain"); }},
      {"delete a Dataset that keeps its files",
       [](const ObjectStore& s) { return in_phase(s, Kind::Dataset, "holdout", "Succeeded"); },
       [](ObjectStore& s) { return remove(s, Kind::Dataset, "harbour"); }},
      {"delete the Pipeline", [](const ObjectStore& s) { return !exists(s, Kind::Dataset, "harbour"); },
       [](ObjectStore& s) { return remove(s, Kind::Pipeline, "fuse"); }},
  };
}

bool leaves_in_the_end(const std::string& record) {
  return record.starts_with("TrainingJob doomed ") || record.starts_with("Dataset harbour ");
}

Script scripted(const contract::RunSpec& run, bool suspended_once) {
  const auto& owner = run.owner;
  Script script;
  if (owner.name == "doomed") script.until_deleted = true;
  if (owner.name == "learn" && !suspended_once) script.until_deleted = true;
  if (owner.name == "harbour" && owner.attempt == 1) script.exit_code = 65;                  // StorageFailure
  if (owner.name == "fuse" && owner.run == 1 && owner.attempt == 1) script.exit_code = 138;  // RetryRequested
  return script;
}

}  // namespace visionops::sim
