#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/words.h"

#define TRAINING_RECORD                                                                                       \
  "jsonb_to_record($1::jsonb) AS r(" VISIONOPS_IDENTITY                                                       \
  ", run bigint, objective text, task_type text, runtime text, model_type text, base_config jsonb,"           \
  " train_name text, train_uid text, val_name text, val_uid text, test_name text, test_uid text,"             \
  " spec_hash text, override_config jsonb, gpu_count integer, status visionops.run_status, config jsonb,"     \
  " gpu text, attempt integer, epoch integer, epochs integer, metrics jsonb, best_metric text,"               \
  " best_value double precision, best_epoch integer, model_path text, model_sha256 text, failure_class text," \
  " error_message text, created_at timestamptz, started_at timestamptz, finished_at timestamptz)"
// Which solution a training record belongs to.
#define OWN_SOLUTION "s.namespace = r.namespace AND s.name = r.name AND s.uid = r.uid"

namespace visionops::record {
namespace {

constexpr const char* kObjective =
    "INSERT INTO visionops.objectives (name, task_type) SELECT r.objective, r.task_type FROM " TRAINING_RECORD
    " ON CONFLICT (name) DO NOTHING";

constexpr const char* kRecipe = R"sql(
INSERT INTO visionops.recipes (objective_id, runtime, model_type, base_config)
SELECT o.id, r.runtime, r.model_type, r.base_config
FROM )sql" TRAINING_RECORD R"sql( JOIN visionops.objectives o ON o.name = r.objective
ON CONFLICT (objective_id, runtime, model_type) DO NOTHING)sql";

constexpr const char* kSolution = R"sql(
INSERT INTO visionops.solutions AS s
  (namespace, name, uid, recipe_id, train_dataset_id, val_dataset_id, test_dataset_id, resource_version, created_at)
SELECT r.namespace, r.name, r.uid, c.id,
       (SELECT d.id FROM visionops.datasets d WHERE d.namespace = r.namespace AND d.name = r.train_name AND d.uid = r.train_uid),
       (SELECT d.id FROM visionops.datasets d WHERE d.namespace = r.namespace AND d.name = r.val_name AND d.uid = r.val_uid),
       (SELECT d.id FROM visionops.datasets d WHERE d.namespace = r.namespace AND d.name = r.test_name AND d.uid = r.test_uid),
       r.resource_version, coalesce(r.created_at, now())
FROM )sql" TRAINING_RECORD R"sql(
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
FROM )sql" TRAINING_RECORD R"sql( JOIN visionops.solutions s ON )sql" OWN_SOLUTION R"sql(
ON CONFLICT (solution_id, spec_hash) DO UPDATE SET
  override_config = excluded.override_config, gpu_count = excluded.gpu_count, status = excluded.status,
  resource_version = excluded.resource_version
WHERE v.resource_version IS NULL OR excluded.resource_version >= v.resource_version)sql";

constexpr const char* kJob = R"sql(
INSERT INTO visionops.training_jobs AS t
  (solution_version_id, namespace, name, uid, run, status, config, spec_hash, gpu, attempt, epoch, epochs, metrics,
   best_metric, best_value, best_epoch, model_path, model_sha256, failure_class, error_message, resource_version,
   started_at, finished_at)
SELECT v.id, r.namespace, r.name, r.uid, r.run, r.status, r.config, r.spec_hash, r.gpu, r.attempt, r.epoch, r.epochs,
       r.metrics, r.best_metric, r.best_value, r.best_epoch, r.model_path, r.model_sha256, r.failure_class,
       r.error_message, r.resource_version, r.started_at, r.finished_at
FROM )sql" TRAINING_RECORD R"sql(
LEFT JOIN visionops.solutions s ON )sql" OWN_SOLUTION R"sql(
LEFT JOIN visionops.solution_versions v ON v.solution_id = s.id AND v.spec_hash = r.spec_hash
ON CONFLICT (namespace, name, uid, run) DO UPDATE SET
  solution_version_id = coalesce(excluded.solution_version_id, t.solution_version_id), status = excluded.status,
  config = visionops.kept_config(t.spec_hash, t.attempt, t.config, excluded.spec_hash, excluded.config),
  spec_hash = excluded.spec_hash, gpu = coalesce(excluded.gpu, t.gpu),
  attempt = greatest(excluded.attempt, t.attempt), epoch = CASE WHEN excluded.attempt > t.attempt THEN excluded.epoch
    WHEN excluded.attempt = t.attempt THEN greatest(excluded.epoch, t.epoch) ELSE t.epoch END,
  epochs = excluded.epochs,
  metrics = CASE WHEN t.spec_hash = excluded.spec_hash THEN t.metrics || excluded.metrics ELSE excluded.metrics END,
  best_metric = excluded.best_metric, best_value = excluded.best_value,
  best_epoch = excluded.best_epoch, model_path = excluded.model_path, model_sha256 = excluded.model_sha256,
  failure_class = excluded.failure_class, error_message = excluded.error_message,
  resource_version = excluded.resource_version, started_at = excluded.started_at,
  finished_at = excluded.finished_at, updated_at = now()
WHERE (t.resource_version IS NULL OR excluded.resource_version >= t.resource_version)
  AND (t.solution_version_id, t.status, t.config, t.gpu, t.attempt, t.epoch, t.epochs, t.metrics, t.best_metric,
       t.best_value, t.best_epoch, t.model_path, t.model_sha256, t.failure_class, t.error_message, t.resource_version,
       t.started_at, t.finished_at)
      IS DISTINCT FROM
      (coalesce(excluded.solution_version_id, t.solution_version_id), excluded.status,
       visionops.kept_config(t.spec_hash, t.attempt, t.config, excluded.spec_hash, excluded.config),
       coalesce(excluded.gpu, t.gpu),
       greatest(excluded.attempt, t.attempt),
       CASE WHEN excluded.attempt > t.attempt THEN excluded.epoch
            WHEN excluded.attempt = t.attempt THEN greatest(excluded.epoch, t.epoch) ELSE t.epoch END,
       excluded.epochs,
       CASE WHEN t.spec_hash = excluded.spec_hash THEN t.metrics || excluded.metrics ELSE excluded.metrics END,
       excluded.best_metric, excluded.best_value, excluded.best_epoch, excluded.model_path, excluded.model_sha256,
       excluded.failure_class, excluded.error_message, excluded.resource_version, excluded.started_at,
       excluded.finished_at))sql";

constexpr const char* kModelCheckpoint = R"sql(
UPDATE visionops.checkpoints AS c SET best = true
FROM )sql" TRAINING_RECORD R"sql(
WHERE c.uid = r.uid AND c.run = r.run AND c.path = r.model_path AND c.sha256 = r.model_sha256 AND NOT c.best)sql";

constexpr const char* kEarlierRuns = R"sql(
INSERT INTO visionops.training_jobs AS t
  (namespace, name, uid, run, spec_hash, status, error_message, started_at, finished_at)
SELECT h.namespace, h.name, h.uid, r.run, r.spec_hash, r.status, r.error_message, r.started_at, r.finished_at
FROM jsonb_to_record($1::jsonb) AS h(namespace text, name text, uid text, run bigint, runs jsonb)
CROSS JOIN LATERAL jsonb_to_recordset(h.runs) AS r(
  run bigint, spec_hash text, status visionops.run_status, error_message text, started_at timestamptz,
  finished_at timestamptz)
WHERE r.run <> h.run
ON CONFLICT (namespace, name, uid, run) DO UPDATE SET
  status = excluded.status, error_message = excluded.error_message,
  started_at = coalesce(t.started_at, excluded.started_at), finished_at = excluded.finished_at, updated_at = now()
WHERE t.status NOT IN ('DONE', 'FAILED', 'CANCELLED'))sql";

/// What makes this solution version differ from the recipe.
Json override_json(const Json& spec) {
  Json out = Json::object();
  for (const char* key : {"hyperparameters", "resources", "earlyStopping", "checkpoints", "datasets"}) {
    if (const auto it = spec.find(key); it != spec.end()) out[key] = *it;
  }
  return out;
}

void add_pinned(Json& payload, const std::string& role, const std::optional<api::PinnedDataset>& pinned,
                Json& parents) {
  if (!pinned || pinned->uid.empty()) return;
  payload[role + "_name"] = pinned->name;
  payload[role + "_uid"] = pinned->uid;
  parents.push_back(pinned_json(*pinned));
}

void add_outcome(Json& payload, const api::TrainingJobStatus& status) {
  if (status.best) {
    payload["best_metric"] = status.best->metric;
    payload["best_value"] = status.best->value;
    payload["best_epoch"] = status.best->epoch;
  }
  if (status.model) {
    payload["model_path"] = status.model->path;
    payload["model_sha256"] = status.model->sha256;
  }
  if (status.failure) payload["failure_class"] = text_json(status.failure->failure_class);
  if (status.phase == api::Phase::Failed) payload["error_message"] = text_json(status.message);
}

Json training_json(const core::TrainingRecord& record) {
  const auto& job = record.job;
  const Json object = api::encode(job);
  const Json spec = object.value("spec", Json::object());
  const auto& status = job.status;
  Json payload = identity_json(job.meta);
  payload.update({{"run", status.run},
                  {"objective", word(job.spec.task)},
                  {"task_type", word(job.spec.task)},
                  {"runtime", std::string(enum_name(job.spec.runtime))},
                  {"model_type", job.spec.model},
                  {"base_config", {{"runtime", std::string(enum_name(job.spec.runtime))}, {"model", job.spec.model}}},
                  {"spec_hash", status.spec_hash},
                  {"override_config", override_json(spec)},
                  {"gpu_count", job.spec.resources ? job.spec.resources->gpus * job.spec.resources->nodes : 0},
                  {"status", word(status.phase)},
                  {"config", config_json(object, record.own_spec)},
                  {"gpu", text_json(status.gpu)},
                  {"attempt", status.attempt},
                  {"epoch", status.epoch},
                  {"epochs", status.epochs},
                  {"metrics", status.metrics},
                  {"created_at", time_json(job.meta.creation_timestamp)},
                  {"started_at", time_json(status.started_at)},
                  {"finished_at", time_json(status.finished_at)}});
  add_outcome(payload, status);
  return payload;
}

}  // namespace

std::vector<Statement> training_statements(const core::TrainingRecord& record) {
  const auto& status = record.job.status;
  if (status.run == 0) return {};  // nothing was started yet
  Json payload = training_json(record);
  Json parents = Json::array();
  if (status.resolved) {
    add_pinned(payload, "train", status.resolved->train, parents);
    add_pinned(payload, "val", status.resolved->val, parents);
    add_pinned(payload, "test", status.resolved->test, parents);
  }
  std::vector<Statement> out;
  if (!parents.empty()) {
    out.push_back({kEnsurePinned, payload_text({{"namespace", record.job.meta.namespace_}, {"parents", parents}})});
  }
  payload["runs"] = runs_json(status.runs);
  const std::string text = payload_text(std::move(payload));
  if (record.own_spec) {  // else what there is of the run's spec was recorded before it was edited
    for (const char* sql : {kObjective, kRecipe, kSolution, kVersion}) out.push_back({sql, text});
  }
  out.push_back({kJob, text});
  if (status.model) out.push_back({kModelCheckpoint, text});
  if (!status.runs.empty()) out.push_back({kEarlierRuns, text});
  return out;
}

}  // namespace visionops::record
