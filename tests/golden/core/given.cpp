#include "tests/golden/core/given.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/yaml/yaml_json.h"
#include "operator/core/reconcile.h"
#include "operator/core/spec_hash.h"
#include "operator/core/spec_problems.h"
#include "tests/unit/core/decision_json.h"

namespace visionops::core {

namespace {

constexpr const char* kCurrent = "current";

Json read_yaml(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path);
  Json out;
  YamlLines lines;
  YamlError error;
  if (!parse_yaml(text.str(), 1, out, lines, error)) {
    throw std::runtime_error(path + ":" + std::to_string(error.line) + ": " + error.message);
  }
  return out;
}

const Json& list(const Json& given, const char* key) {
  static const Json none = Json::array();
  return given.contains(key) ? given.at(key) : none;
}

cluster::Object decode(const Json& json) {
  auto object = cluster::decode_object(json);
  if (!object) throw std::runtime_error(object.error().message + " in " + json.dump());
  return std::move(object).value();
}

template <class T>
std::vector<T> decode_all(const Json& objects) {
  std::vector<T> out;
  for (const auto& json : objects) out.push_back(std::get<T>(decode(json)));
  return out;
}

TimePoint time_of(const Json& json) {
  const auto t = parse_time(json.get<std::string>());
  if (!t) throw std::runtime_error("not a time: " + json.dump());
  return *t;
}

template <class T>
std::optional<T> decode_part(const Json& parent, const char* key) {
  if (!parent.contains(key)) return std::nullopt;
  Problems problems;
  auto out = decode_fields<T>(parent.at(key), key, problems);
  if (!problems.empty()) throw std::runtime_error(describe(problems));
  return out;
}

Platform platform_of(const Json& given) {
  Platform out;
  const Json& json = given.contains("platform") ? given.at("platform") : Json::object();
  for (const auto& store : list(json, "stores")) out.stores.push_back(store);
  out.telemetry_url = json.value("telemetryUrl", "");
  out.kueue = json.value("kueue", false);
  out.one_machine = json.value("oneMachine", false);
  out.pods = decode_part<api::PodSettings>(json, "pods").value_or(api::PodSettings{});
  for (const auto& profile : list(json, "profiles")) {
    out.profiles.push_back(*decode_part<api::Profile>(Json{{"profile", profile}}, "profile"));
  }
  for (const auto& secret : list(json, "secrets")) out.secrets.push_back(secret);
  return out;
}

std::optional<TrainingTelemetry> telemetry_of(const Json& given) {
  if (!given.contains("telemetry")) return std::nullopt;
  const Json& json = given.at("telemetry");
  TrainingTelemetry out;
  out.run = json.at("run");
  out.attempt = json.at("attempt");
  out.heartbeat = time_of(json.at("heartbeat"));
  out.gpu = json.value("gpu", "");
  out.progress = decode_part<contract::Progress>(json, "progress");
  out.checkpoint = decode_part<contract::StoredCheckpoint>(json, "checkpoint");
  if (json.contains("secondsPerEpoch")) out.seconds_per_epoch = json.at("secondsPerEpoch").get<double>();
  for (const auto& m : list(json, "metrics")) {
    contract::MetricPoint point;
    point.name = m.at("name");
    point.value = m.at("value");
    point.epoch = m.at("epoch");
    out.latest[point.name] = point;
  }
  return out;
}

template <class Observed>
void fill(Observed& observed, const Json& given) {
  observed.jobs = decode_all<cluster::Job>(list(given, "jobs"));
  observed.pods = decode_all<cluster::Pod>(list(given, "pods"));
  observed.platform = platform_of(given);
  observed.now = time_of(given.at("now"));
}

/// The hash of a spec is not for people: "current" stands for it in both files.
template <class Observed, class Resource>
Json decide_with_hash(const Observed& observed, Resource& resource) {
  const std::string hash = spec_hash(resource, spec_problems(resource));
  if (resource.status.spec_hash == kCurrent) resource.status.spec_hash = hash;
  Json out = to_json(observed, reconcile(observed));
  if (out["status"].value("specHash", "") == hash) out["status"]["specHash"] = kCurrent;
  return out;
}

}  // namespace

Json decide(const std::string& given_file) {
  const Json given = read_yaml(given_file);
  auto resource = decode(given.at("resource"));
  if (auto* dataset = std::get_if<api::Dataset>(&resource)) {
    DatasetObserved o;
    fill(o, given);
    o.dataset = std::move(*dataset);
    return decide_with_hash(o, o.dataset);
  }
  if (auto* pipeline = std::get_if<api::Pipeline>(&resource)) {
    PipelineObserved o;
    fill(o, given);
    o.pipeline = std::move(*pipeline);
    o.datasets = decode_all<api::Dataset>(list(given, "datasets"));
    o.progress = decode_part<contract::Progress>(given, "progress");
    return decide_with_hash(o, o.pipeline);
  }
  TrainingJobObserved o;
  fill(o, given);
  o.job = std::get<api::TrainingJob>(std::move(resource));
  o.datasets = decode_all<api::Dataset>(list(given, "datasets"));
  o.training_jobs = decode_all<api::TrainingJob>(list(given, "trainingJobs"));
  o.workloads = decode_all<cluster::Workload>(list(given, "workloads"));
  o.telemetry = telemetry_of(given);
  return decide_with_hash(o, o.job);
}

}  // namespace visionops::core
