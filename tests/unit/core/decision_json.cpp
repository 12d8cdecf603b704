#include "tests/unit/core/decision_json.h"

namespace visionops::core {

namespace {

struct ActionJson {
  /// The run spec travels as text inside a Job; as a tree it can be read and compared.
  Json operator()(const CreateJob& a) const {
    Json job = cluster::encode(cluster::Object(a.job));
    auto& pod = job["spec"]["template"]["spec"];
    for (const char* list : {"containers", "initContainers"}) {
      if (!pod.contains(list)) continue;
      for (auto& container : pod[list]) expand_run(container);
    }
    return {{"createJob", std::move(job)}};
  }
  Json operator()(const CreateService& a) const {
    return {{"createService", cluster::encode(cluster::Object(a.service))}};
  }
  Json operator()(const DeleteJob& a) const { return {{"deleteJob", {{"name", a.name}, {"uid", a.uid}}}}; }
  Json operator()(const CreateDataset& a) const {
    return {{"createDataset", cluster::encode(cluster::Object(a.dataset))}};
  }
  Json operator()(const AddFinalizer& a) const { return {{"addFinalizer", a.finalizer}}; }
  Json operator()(const RemoveFinalizer& a) const { return {{"removeFinalizer", a.finalizer}}; }

  static void expand_run(Json& container) {
    for (auto& variable : container["env"]) {
      if (variable["name"] != contract::kRunEnv) continue;
      if (auto tree = parse_json(variable["value"].get<std::string>())) variable["value"] = std::move(tree).value();
    }
  }
};

struct RecordJson {
  Json operator()(const DatasetRecord& r) const {
    return {{"dataset", r.dataset.meta.name}, {"phase", enum_name(r.dataset.status.phase)}, {"deleted", r.deleted}};
  }
  Json operator()(const PipelineRecord& r) const {
    return {{"pipeline", r.pipeline.meta.name},
            {"phase", enum_name(r.pipeline.status.phase)},
            {"run", r.pipeline.status.run}};
  }
  Json operator()(const TrainingRecord& r) const {
    return {{"trainingJob", r.job.meta.name}, {"phase", enum_name(r.job.status.phase)}, {"epoch", r.job.status.epoch}};
  }
  Json operator()(const TelemetryRecord& r) const { return {{"telemetry", r.message.owner.name}}; }
  Json operator()(const NotificationRecord& r) const { return {{"notification", r.alert}, {"message", r.message}}; }
};

template <class Resource, class Decision>
Json render(Resource resource, const Decision& decision) {
  Json out;
  resource.status = decision.status;
  out["status"] = cluster::encode(cluster::Object(std::move(resource)))["status"];
  out["statusFirst"] = decision.status_first;
  for (const auto& a : decision.actions) out["actions"].push_back(std::visit(ActionJson{}, a));
  for (const auto& r : decision.records) out["records"].push_back(std::visit(RecordJson{}, r));
  for (const auto& e : decision.events) {
    out["events"].push_back({{"type", e.type == cluster::EventType::Normal ? "Normal" : "Warning"},
                             {"reason", e.reason},
                             {"message", e.message}});
  }
  if (decision.check_again_in) out["checkAgainInMilliseconds"] = decision.check_again_in->count();
  return out;
}

}  // namespace

Json to_json(const DatasetObserved& o, const DatasetDecision& d) { return render(o.dataset, d); }
Json to_json(const PipelineObserved& o, const PipelineDecision& d) { return render(o.pipeline, d); }
Json to_json(const TrainingJobObserved& o, const TrainingJobDecision& d) { return render(o.job, d); }

}  // namespace visionops::core
