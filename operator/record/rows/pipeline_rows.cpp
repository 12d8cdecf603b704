#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/words.h"

namespace visionops::record {
namespace {

// processed_count and total_count follow the telemetry; a finished run has processed what it wrote.
constexpr const char* kExecution = R"sql(
INSERT INTO visionops.pipeline_executions AS e
  (namespace, name, uid, run, output_dataset_id, config, spec_hash, status, current_stage, processed_count, total_count,
   images_in, images_out, renamed_images, skipped_images, loss, output_digest, attempt, failure_class, error_message,
   resource_version, started_at, finished_at)
SELECT r.namespace, r.name, r.uid, r.run,
       coalesce((SELECT d.id FROM visionops.datasets d WHERE d.pipeline_uid = r.uid AND d.pipeline_run = r.run
                 ORDER BY d.deleted_at IS NOT NULL, d.created_at DESC, d.id LIMIT 1),
                CASE WHEN r.status = 'DONE' THEN visionops.dataset_id(r.namespace, r.output_dataset) END),
       r.config, r.spec_hash, r.status, r.current_stage,
       CASE WHEN r.status = 'DONE' THEN r.images_out END, CASE WHEN r.status = 'DONE' THEN r.images_out END,
       r.images_in, r.images_out, r.renamed_images, r.skipped_images, r.loss, r.output_digest, r.attempt,
       r.failure_class, r.error_message, r.resource_version, r.started_at, r.finished_at
FROM jsonb_to_record($1::jsonb) AS r(
  namespace text, name text, uid text, resource_version bigint, run bigint, output_dataset text, config jsonb,
  spec_hash text, status visionops.run_status, current_stage text, images_in bigint, images_out bigint,
  renamed_images bigint, skipped_images bigint, loss jsonb, output_digest text, attempt integer, failure_class text,
  error_message text, started_at timestamptz, finished_at timestamptz)
ON CONFLICT (namespace, name, uid, run) DO UPDATE SET
  output_dataset_id = coalesce(e.output_dataset_id, excluded.output_dataset_id),
  config = visionops.kept_config(e.spec_hash, e.attempt, e.config, excluded.spec_hash, excluded.config),
  spec_hash = excluded.spec_hash, status = excluded.status,
  current_stage = coalesce(excluded.current_stage, e.current_stage),
  processed_count = coalesce(excluded.processed_count, e.processed_count),
  total_count = coalesce(excluded.total_count, e.total_count), images_in = excluded.images_in,
  images_out = excluded.images_out, renamed_images = excluded.renamed_images,
  skipped_images = excluded.skipped_images, loss = excluded.loss, output_digest = excluded.output_digest,
  attempt = excluded.attempt, failure_class = excluded.failure_class, error_message = excluded.error_message,
  resource_version = excluded.resource_version, started_at = excluded.started_at, finished_at = excluded.finished_at,
  updated_at = now()
WHERE (e.resource_version IS NULL OR excluded.resource_version >= e.resource_version)
  AND (e.output_dataset_id, e.config, e.spec_hash, e.status, e.current_stage, e.processed_count, e.total_count,
       e.images_in, e.images_out, e.renamed_images, e.skipped_images, e.loss, e.output_digest, e.attempt,
       e.failure_class, e.error_message, e.resource_version, e.started_at, e.finished_at)
      IS DISTINCT FROM
      (coalesce(e.output_dataset_id, excluded.output_dataset_id),
       visionops.kept_config(e.spec_hash, e.attempt, e.config, excluded.spec_hash, excluded.config),
       excluded.spec_hash, excluded.status,
       coalesce(excluded.current_stage, e.current_stage), coalesce(excluded.processed_count, e.processed_count),
       coalesce(excluded.total_count, e.total_count), excluded.images_in, excluded.images_out,
       excluded.renamed_images, excluded.skipped_images, excluded.loss, excluded.output_digest, excluded.attempt,
       excluded.failure_class, excluded.error_message, excluded.resource_version, excluded.started_at,
       excluded.finished_at))sql";

// Ends of earlier runs that were never recorded themselves (replaced while waiting, or lost).
constexpr const char* kEarlierRuns = R"sql(
INSERT INTO visionops.pipeline_executions AS e
  (namespace, name, uid, run, spec_hash, status, error_message, started_at, finished_at)
SELECT h.namespace, h.name, h.uid, r.run, r.spec_hash, r.status, r.error_message, r.started_at, r.finished_at
FROM jsonb_to_record($1::jsonb) AS h(namespace text, name text, uid text, run bigint, runs jsonb)
CROSS JOIN LATERAL jsonb_to_recordset(h.runs) AS r(
  run bigint, spec_hash text, status visionops.run_status, error_message text, started_at timestamptz,
  finished_at timestamptz)
WHERE r.run <> h.run
ON CONFLICT (namespace, name, uid, run) DO UPDATE SET
  status = excluded.status, error_message = excluded.error_message,
  started_at = coalesce(e.started_at, excluded.started_at), finished_at = excluded.finished_at, updated_at = now()
WHERE e.status NOT IN ('DONE', 'FAILED', 'CANCELLED'))sql";

}  // namespace

std::vector<Statement> pipeline_statements(const core::PipelineRecord& record) {
  const auto& status = record.pipeline.status;
  if (status.run == 0) return {};  // nothing was started yet
  const Json object = api::encode(record.pipeline);
  Json payload = identity_json(record.pipeline.meta);
  const bool failed = status.phase == api::Phase::Failed;
  const auto& failure = status.failure;
  payload.update(
      {{"run", status.run},
       {"output_dataset",
        status.resolved && status.resolved->output ? text_json(status.resolved->output->dataset) : Json(nullptr)},
       {"config", config_json(object, record.own_spec)},
       {"spec_hash", status.spec_hash},
       {"status", word(status.phase)},
       {"current_stage", stage_word(enum_name(status.stage))},
       {"images_in", status.images_in},
       {"images_out", status.images_out},
       {"renamed_images", status.renamed_images},
       {"skipped_images", status.skipped_images},
       {"loss", status.loss},
       {"output_digest", text_json(status.output_digest)},
       {"attempt", status.attempt},
       {"failure_class", failure ? text_json(failure->failure_class) : Json(nullptr)},
       {"error_message", failed ? text_json(status.message) : Json(nullptr)},
       {"started_at", time_json(status.started_at)},
       {"finished_at", time_json(status.finished_at)},
       {"runs", runs_json(status.runs)}});
  const std::string text = payload_text(std::move(payload));
  std::vector<Statement> out{{kExecution, text}};
  if (!status.runs.empty()) out.push_back({kEarlierRuns, text});
  return out;
}

}  // namespace visionops::record
