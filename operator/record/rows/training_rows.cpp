#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/upsert.h"
#include "operator/record/rows/words.h"

// Which solution a training record belongs to.
#define OWN_SOLUTION "s.namespace = r.namespace AND s.name = r.name AND s.uid = r.uid"

namespace visionops::record {
namespace {

using R = core::TrainingRecord;

constexpr const char* kObjective =
    "INSERT INTO visionops.objectives (name, task_type) SELECT r.objective, r.task_type FROM {record}"
    " ON CONFLICT (name) DO NOTHING";

constexpr const char* kRecipe = R"sql(
INSERT INTO visionops.recipes (objective_id, runtime, model_type, base_config)
SELECT o.id, r.runtime, r.model_type, r.base_config
FROM {record} JOIN visionops.objectives o ON o.name = r.objective
ON CONFLICT (objective_id, runtime, model_type) DO NOTHING)sql";

constexpr const char* kSolution = R"sql(
INSERT INTO visionops.solutions AS s
  (namespace, name, uid, recipe_id, train_dataset_id, val_dataset_id, test_dataset_id, resource_version, created_at)
SELECT r.namespace, r.name, r.uid, c.id,
       (SELECT d.id FROM visionops.datasets d WHERE d.namespace = r.namespace AND d.name = r.train_name AND d.uid = r.train_uid),
       (SELECT d.id FROM visionops.datasets d WHERE d.namespace = r.namespace AND d.name = r.val_name AND d.uid = r.val_uid),
       (SELECT d.id FROM visionops.datasets d WHERE d.namespace = r.namespace AND d.name = r.test_name AND d.uid = r.test_uid),
       r.resource_version, coalesce(r.created_at, now())
FROM {record}
JOIN visionops.objectives o ON o.name = r.objective
JOIN visionops.recipes c ON c.objective_id = o.id AND c.runtime = r.runtime AND c.model_type = r.model_type
ON CONFLICT (namespace, name, uid) DO UPDATE SET
  recipe_id = excluded.recipe_id, train_dataset_id = coalesce(excluded.train_dataset_id, s.train_dataset_id),
  val_dataset_id = coalesce(excluded.val_dataset_id, s.val_dataset_id),
  test_dataset_id = coalesce(excluded.test_dataset_id, s.test_dataset_id), resource_version = excluded.resource_version
WHERE s.resource_version IS NULL OR excluded.resource_version >= s.resource_version)sql";

constexpr const char* kVersion = R"sql(
INSERT INTO visionops.solution_versions AS v
  (solution_id, spec_hash, override_config, gpu_count, status, resource_version)
SELECT s.id, r.spec_hash, r.override_config, r.gpu_count, r.status, r.resource_version
FROM {record} JOIN visionops.solutions s ON )sql" OWN_SOLUTION R"sql(
ON CONFLICT (solution_id, spec_hash) DO UPDATE SET
  override_config = excluded.override_config, gpu_count = excluded.gpu_count, status = excluded.status,
  resource_version = excluded.resource_version
WHERE v.resource_version IS NULL OR excluded.resource_version >= v.resource_version)sql";

constexpr const char* kModelCheckpoint = R"sql(
UPDATE visionops.checkpoints AS c SET best = true
FROM {record}
WHERE c.uid = r.uid AND c.run = r.run AND c.path = r.model_path AND c.sha256 = r.model_sha256 AND NOT c.best)sql";

/// What makes this solution version differ from the recipe.
Json override_json(const Json& spec) {
  Json out = Json::object();
  for (const char* key : {"hyperparameters", "resources", "earlyStopping", "checkpoints", "datasets"}) {
    if (const auto it = spec.find(key); it != spec.end()) out[key] = *it;
  }
  return out;
}

const api::ObjectMeta& meta_of(const R& r) { return r.job.meta; }
const api::TrainingJobStatus& status_of(const R& r) { return r.job.status; }

template <std::optional<api::PinnedDataset> api::ResolvedTraining::*Role, std::string api::PinnedDataset::*Part>
Json pinned_part(const R& r) {
  const auto& resolved = status_of(r).resolved;
  const auto* pinned = resolved && ((*resolved).*Role) ? &*((*resolved).*Role) : nullptr;
  return pinned != nullptr && !pinned->uid.empty() ? Json(pinned->*Part) : Json(nullptr);
}

Json runtime_json(const R& r) { return r.job.spec.runtime; }

constexpr const char* kConfig =
    "visionops.kept_config(t.spec_hash, t.attempt, t.config, excluded.spec_hash, excluded.config)";
constexpr const char* kEpoch =
    "CASE WHEN excluded.attempt > t.attempt THEN excluded.epoch"
    " WHEN excluded.attempt = t.attempt THEN greatest(excluded.epoch, t.epoch) ELSE t.epoch END";
constexpr const char* kMetrics =
    "CASE WHEN t.spec_hash = excluded.spec_hash THEN t.metrics || excluded.metrics ELSE excluded.metrics END";

/// What the solution and its recipe are made of; no column of training_jobs.
std::vector<Column<R>> solution_columns() {
  using Resolved = api::ResolvedTraining;
  using Pinned = api::PinnedDataset;
  return {
      column<R>("objective", "text", [](const R& r) -> Json { return word(r.job.spec.task); }).not_stored(),
      column<R>("task_type", "text", [](const R& r) -> Json { return word(r.job.spec.task); }).not_stored(),
      column<R>("runtime", "text", runtime_json).not_stored(),
      column<R>("model_type", "text", [](const R& r) -> Json { return r.job.spec.model; }).not_stored(),
      column<R>("base_config", "jsonb",
                [](const R& r) -> Json {
                  return {{"runtime", runtime_json(r)}, {"model", r.job.spec.model}};
                })
          .not_stored(),
      column<R>("train_name", "text", pinned_part<&Resolved::train, &Pinned::name>).not_stored(),
      column<R>("train_uid", "text", pinned_part<&Resolved::train, &Pinned::uid>).not_stored(),
      column<R>("val_name", "text", pinned_part<&Resolved::val, &Pinned::name>).not_stored(),
      column<R>("val_uid", "text", pinned_part<&Resolved::val, &Pinned::uid>).not_stored(),
      column<R>("test_name", "text", pinned_part<&Resolved::test, &Pinned::name>).not_stored(),
      column<R>("test_uid", "text", pinned_part<&Resolved::test, &Pinned::uid>).not_stored(),
      column<R>("override_config", "jsonb",
                [](const R& r) { return override_json(api::encode(r.job).value("spec", Json::object())); })
          .not_stored(),
      column<R>("gpu_count", "integer",
                [](const R& r) -> Json {
                  return r.job.spec.resources ? r.job.spec.resources->gpus * r.job.spec.resources->nodes : 0;
                })
          .not_stored(),
      column<R>("created_at", "timestamptz", [](const R& r) { return time_json(meta_of(r).creation_timestamp); })
          .not_stored(),
  };
}

std::vector<Column<R>> job_columns() {
  return {
      computed<R>("solution_version_id", "v.id").known(),
      column<R>("run", "bigint", [](const R& r) -> Json { return status_of(r).run; }).fixed(),
      column<R>("status", "visionops.run_status", [](const R& r) -> Json { return word(status_of(r).phase); }),
      column<R>("config", "jsonb", [](const R& r) { return config_json(api::encode(r.job), r.own_spec); })
          .by_rule(kConfig),
      column<R>("spec_hash", "text", [](const R& r) -> Json { return status_of(r).spec_hash; }),
      column<R>("gpu", "text", [](const R& r) { return text_json(status_of(r).gpu); }).known(),
      column<R>("attempt", "integer", [](const R& r) -> Json { return status_of(r).attempt; })
          .by_rule("greatest(excluded.attempt, t.attempt)"),
      column<R>("epoch", "integer", [](const R& r) -> Json { return status_of(r).epoch; }).by_rule(kEpoch),
      column<R>("epochs", "integer", [](const R& r) -> Json { return status_of(r).epochs; }),
      column<R>("metrics", "jsonb", [](const R& r) -> Json { return status_of(r).metrics; }).by_rule(kMetrics),
      column<R>("best_metric", "text",
                [](const R& r) -> Json { return status_of(r).best ? Json(status_of(r).best->metric) : Json(nullptr); }),
      column<R>("best_value", "double precision",
                [](const R& r) -> Json { return status_of(r).best ? Json(status_of(r).best->value) : Json(nullptr); }),
      column<R>("best_epoch", "integer",
                [](const R& r) -> Json { return status_of(r).best ? Json(status_of(r).best->epoch) : Json(nullptr); }),
      column<R>("model_path", "text",
                [](const R& r) -> Json { return status_of(r).model ? Json(status_of(r).model->path) : Json(nullptr); }),
      column<R>(
          "model_sha256", "text",
          [](const R& r) -> Json { return status_of(r).model ? Json(status_of(r).model->sha256) : Json(nullptr); }),
      column<R>("failure_class", "text",
                [](const R& r) -> Json {
                  return status_of(r).failure ? text_json(status_of(r).failure->failure_class) : Json(nullptr);
                }),
      column<R>("error_message", "text",
                [](const R& r) -> Json {
                  const bool failed = status_of(r).phase == api::Phase::Failed;
                  return failed ? text_json(status_of(r).message) : Json(nullptr);
                }),
      column<R>("started_at", "timestamptz", [](const R& r) { return time_json(status_of(r).started_at); }),
      column<R>("finished_at", "timestamptz", [](const R& r) { return time_json(status_of(r).finished_at); }),
  };
}

const std::vector<Column<R>>& columns() {
  static const auto all = [] {
    auto out = job_columns();
    for (auto& c : solution_columns()) out.push_back(std::move(c));
    return with_identity<R, meta_of>(std::move(out));
  }();
  return all;
}

/// The statements in their order; they differ in what a record needs.
struct TrainingSql {
  std::vector<std::string> solution;
  std::string job, model_checkpoint, earlier_runs;
};

const TrainingSql& training_sql() {
  static const TrainingSql all = [] {
    const auto sql = sql_of(columns());
    const std::string record = record_sql(sql);
    TrainingSql out;
    for (const char* text : {kObjective, kRecipe, kSolution, kVersion})
      out.solution.push_back(with_record(text, record));
    out.job =
        upsert_sql({"visionops.training_jobs",
                    "LEFT JOIN visionops.solutions s ON " OWN_SOLUTION
                    " LEFT JOIN visionops.solution_versions v ON v.solution_id = s.id AND v.spec_hash = r.spec_hash",
                    "namespace, name, uid, run", ""},
                   sql);
    out.model_checkpoint = with_record(kModelCheckpoint, record);
    out.earlier_runs = earlier_runs_sql("visionops.training_jobs");
    return out;
  }();
  return all;
}

Json pinned_rows(const api::TrainingJobStatus& status) {
  Json out = Json::array();
  if (!status.resolved) return out;
  for (const auto* pinned : {&status.resolved->train, &status.resolved->val, &status.resolved->test}) {
    if (*pinned && !(*pinned)->uid.empty()) out.push_back(pinned_json(**pinned));
  }
  return out;
}

}  // namespace

std::vector<Statement> training_statements(const core::TrainingRecord& record) {
  const auto& status = record.job.status;
  if (status.run == 0) return {};  // nothing was started yet
  const auto& sql = training_sql();
  std::vector<Statement> out;
  if (Json parents = pinned_rows(status); !parents.empty()) {
    out.push_back({kEnsurePinned, payload_text({{"namespace", record.job.meta.namespace_}, {"parents", parents}})});
  }
  Json payload = record_json(columns(), record);
  payload["runs"] = runs_json(status.runs);
  const std::string text = payload_text(std::move(payload));
  if (record.own_spec) {  // else what there is of the run's spec was recorded before it was edited
    for (const auto& statement : sql.solution) out.push_back({statement.c_str(), text});
  }
  out.push_back({sql.job.c_str(), text});
  if (status.model) out.push_back({sql.model_checkpoint.c_str(), text});
  if (!status.runs.empty()) out.push_back({sql.earlier_runs.c_str(), text});
  return out;
}

}  // namespace visionops::record
