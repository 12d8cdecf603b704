// Every field of every kind changed to each of its edge values while the resource runs, is suspended, has finished
// (after Acto): no child twice, no lost run, the status comes to rest at the newest spec, and nobody touches the spec.
//   VISIONOPS_CAMPAIGN_EVERY=20   tries every twentieth point (default 1)
//   VISIONOPS_CAMPAIGN_POINT=123  tries one
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "base/fields/field_table.h"
#include "operator/core/reasons.h"
#include "operator/core/reconcile.h"
#include "tests/campaigns/edge_values.h"
#include "tests/sim/effort.h"
#include "tests/sim/world.h"

namespace visionops::campaigns {
namespace {

using cluster::Kind;
using cluster::ObjectKey;
using local::ObjectStore;

constexpr const char* kName = "changed";
constexpr const char* kMoments[] = {"Running", "Suspended", "Succeeded"};

/// A kind, as its users write it.
struct Subject {
  Kind kind;
  Json spec;
  Json schema;
  bool suspends;
};

Json dataset_spec(const std::string& group, const std::string& split) {
  return {{"group", group},   {"type", "Raw"},          {"split", split},     {"version", "v1.0.0"},
          {"format", "COCO"}, {"tasks", {"Detection"}}, {"store", "datasets"}};
}

std::vector<Subject> subjects() {
  const Json dataset = dataset_spec(kName, "Train");
  const Json pipeline{{"sources", {{{"dataset", {{"name", "roads"}}}}}},
                      {"output",
                       {{"group", "cut"},
                        {"type", "Processed"},
                        {"split", "Train"},
                        {"format", "COCO"},
                        {"tasks", {"Detection"}},
                        {"store", "datasets"}}}};
  const Json training{{"runtime", "builtin"},
                      {"task", "Detection"},
                      {"model", "centernet_nano"},
                      {"datasets", {{"train", {{"name", "roads"}}}, {"val", {{"name", "holdout"}}}}},
                      {"hyperparameters", {{"epochs", 2}}},
                      {"checkpoints", {{"store", "models"}}}};
  return {{Kind::Dataset, dataset, api::DatasetSpec::fields().schema(), false},
          {Kind::Pipeline, pipeline, api::PipelineSpec::fields().schema(), true},
          {Kind::TrainingJob, training, api::TrainingJobSpec::fields().schema(), true}};
}

Result<cluster::Object> object_of(Kind kind, const std::string& name, const Json& spec) {
  return cluster::decode_object({{"apiVersion", std::string(api::kApiVersion)},
                                 {"kind", std::string(cluster::kind_name(kind))},
                                 {"metadata", {{"namespace", "lab"}, {"name", name}}},
                                 {"spec", spec}});
}

Status make(ObjectStore& store, Kind kind, const std::string& name, const Json& spec) {
  const auto object = object_of(kind, name, spec);
  if (!object) return object.error();
  const auto created = store.create(*object);
  return created ? Status{} : Status{created.error()};
}

Json spec_in(const ObjectStore& store, const ObjectKey& key) {
  const auto object = store.get(key);
  return object ? cluster::encode(*object)["spec"] : Json();
}

Json status_in(const ObjectStore& store, const ObjectKey& key) {
  const auto object = store.get(key);
  return object ? cluster::encode(*object).value("status", Json::object()) : Json::object();
}

/// A person's `kubectl replace`. Refused at the door: an error.
Status replace_spec(ObjectStore& store, const ObjectKey& key, const Json& spec) {
  auto live = store.get(key);
  if (!live) return live.error();
  Json json = cluster::encode(*live);
  json["spec"] = spec;
  const auto wanted = cluster::decode_object(json);
  if (!wanted) return wanted.error();
  const auto updated = store.update(*wanted);
  return updated ? Status{} : Status{updated.error()};
}

std::int64_t run_of(const Json& status) { return status.value("run", std::int64_t{0}); }

/// Whether the status tells of that run: as the one it is about, or among those before.
bool tells_of(const Json& status, std::int64_t run) {
  if (run == 0 || run_of(status) == run) return true;
  const Json before = status.value("runs", Json::array());
  return std::ranges::any_of(before, [&](const Json& record) { return run_of(record) == run; });
}

struct Point {
  const Subject& subject;
  std::string moment;
  EdgeValue edge;

  [[nodiscard]] std::string text() const {
    return std::string(cluster::kind_name(subject.kind)) + " " + moment + ": " + to_text(edge);
  }
};

std::vector<Point> all_points(const std::vector<Subject>& subjects) {
  std::vector<Point> points;
  for (const auto& subject : subjects) {
    for (const char* moment : kMoments) {
      if (std::string(moment) == "Suspended" && !subject.suspends) continue;
      for (auto& edge : edge_values(subject.schema)) points.push_back({subject, moment, std::move(edge)});
    }
  }
  return points;
}

/// What became of one point.
struct Trial {
  explicit Trial(const Point& p) : point(p), key{p.subject.kind, "lab", kName} {}

  void run();
  std::vector<sim::UserStep> users();
  void check(sim::World& world);
  void bring_back(sim::World& world);
  Status ask_again(ObjectStore& store) const;
  void alarm(const std::string& what) { alarms.push_back(point.text() + ": " + what); }

  const Point& point;
  ObjectKey key;
  bool refused = false;
  Json wanted;  ///< the spec as the server keeps it after the change
  std::int64_t run_before = 0;
  std::vector<std::string> alarms;
};

std::vector<sim::UserStep> Trial::users() {
  const auto always = [](const ObjectStore&) { return true; };
  const auto in_phase = [this](const std::string& phase) {
    return [this, phase](const ObjectStore& s) { return status_in(s, key).value("phase", "") == phase; };
  };
  std::vector<sim::UserStep> steps{
      {"roads", always, [](ObjectStore& s) { return make(s, Kind::Dataset, "roads", dataset_spec("roads", "Train")); }},
      {"holdout", always,
       [](ObjectStore& s) { return make(s, Kind::Dataset, "holdout", dataset_spec("holdout", "Val")); }},
      {"the resource", always,
       [this](ObjectStore& s) { return make(s, point.subject.kind, kName, point.subject.spec); }}};
  if (point.moment == "Suspended") {
    steps.push_back({"suspend it", in_phase("Running"), [this](ObjectStore& s) {
                       Json spec = point.subject.spec;
                       spec["suspend"] = true;
                       return replace_spec(s, key, spec);
                     }});
  }
  steps.push_back({"the change", in_phase(point.moment), [this](ObjectStore& s) {
                     run_before = run_of(status_in(s, key));
                     refused = !replace_spec(s, key, with_edge(spec_in(s, key), point.edge));
                     wanted = spec_in(s, key);
                     return Status{};
                   }});
  return steps;
}

void Trial::check(sim::World& world) {
  for (const auto& violation : world.history().violations()) alarm(violation);
  const auto object = world.store().get(key);
  if (!object) return alarm("the resource is gone");
  const Json json = cluster::encode(*object);
  if (json["spec"] != wanted) alarm("its spec was touched: " + json["spec"].dump());
  const Json status = json.value("status", Json::object());
  if (status.value("observedGeneration", std::int64_t{0}) != cluster::meta_of(*object).generation)
    alarm("its status is of an older spec: " + status.dump());
  if (status.value("phase", "").empty()) alarm("it has no phase");
  if (!tells_of(status, run_before)) alarm("a run is lost: " + status.dump());
}

void Trial::run() {
  sim::World world({.seed = 1, .users = users()});
  if (const auto problem = world.run(); !problem.empty()) return alarm(problem);
  check(world);
  if (refused) return;
  bring_back(world);
}

/// Whatever the change has done, the resource is not lost: its first spec brings it to its end again, if need be in a
/// new run that somebody asks for.
void Trial::bring_back(sim::World& world) {
  // What was changed may not be changed back, as any such change.
  if (!replace_spec(world.store(), key, point.subject.spec)) return;
  wanted = spec_in(world.store(), key);
  for (const bool again : {false, true}) {
    if (again && !ask_again(world.store())) return alarm("a new run cannot be asked for");
    if (const auto problem = world.settle(); !problem.empty()) return alarm("after the change back: " + problem);
    check(world);
    const Json status = status_in(world.store(), key);
    if (status.value("phase", "") == "Succeeded") return;
    // The change led to other files of the same version: that they are told apart is the point.
    const bool other_files = status.dump().find(core::reason::kContentChanged) != std::string::npos;
    if (point.subject.kind == Kind::Dataset && other_files) return;
    if (again) alarm("changed back, and run again, it is " + status.dump());
  }
}

Status Trial::ask_again(ObjectStore& store) const {
  auto object = store.get(key);
  if (!object) return object.error();
  cluster::meta_of(*object).annotations[std::string(core::kRerunAnnotation)] = "again";
  const auto updated = store.update(*object);
  return updated ? Status{} : Status{updated.error()};
}

std::size_t number_in(const char* variable, std::size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(FieldEdges, OfNoFieldAtAnyMomentBreakARule) {
  const auto kinds = subjects();
  const auto points = all_points(kinds);
  const std::size_t every = std::max<std::size_t>(number_in("VISIONOPS_CAMPAIGN_EVERY", 1), 1) * sim::kEveryNth;
  const std::size_t only = number_in("VISIONOPS_CAMPAIGN_POINT", points.size());
  std::size_t tried = 0;
  std::size_t refused = 0;
  std::size_t alarms = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (only < points.size() ? i != only : i % every != 0) continue;
    Trial trial(points[i]);
    trial.run();
    ++tried;
    refused += trial.refused ? 1 : 0;
    alarms += trial.alarms.empty() ? 0 : 1;
    for (const auto& alarm : trial.alarms) ADD_FAILURE() << "point " << i << ", " << alarm;
  }
  std::cout << "campaign field edges: " << tried << " points tried, alarms " << alarms << ", of " << points.size()
            << "; " << refused << " were refused at the door\n";
  EXPECT_GT(tried, refused) << "nothing got through the door";
}

}  // namespace
}  // namespace visionops::campaigns
