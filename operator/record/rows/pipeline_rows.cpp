#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/upsert.h"
#include "operator/record/rows/words.h"

namespace visionops::record {
namespace {

using R = core::PipelineRecord;

const api::ObjectMeta& meta_of(const R& r) { return r.pipeline.meta; }
const api::PipelineStatus& status_of(const R& r) { return r.pipeline.status; }

// A Dataset that names the execution is its output; else the name that the run resolved.
constexpr const char* kOutput = R"sql(
  coalesce((SELECT d.id FROM visionops.datasets d WHERE d.pipeline_uid = r.uid AND d.pipeline_run = r.run
            ORDER BY d.deleted_at IS NOT NULL, d.created_at DESC, d.id LIMIT 1),
           CASE WHEN r.status = 'DONE' THEN visionops.dataset_id(r.namespace, r.output_dataset) END))sql";
// They follow the telemetry; a finished run has processed what it wrote.
constexpr const char* kProcessed = "CASE WHEN r.status = 'DONE' THEN r.images_out END";
constexpr const char* kConfig =
    "visionops.kept_config(t.spec_hash, t.attempt, t.config, excluded.spec_hash, excluded.config)";

const std::vector<Column<R>>& columns() {
  static const auto all = with_identity<R, meta_of>({
      column<R>("run", "bigint", [](const R& r) -> Json { return status_of(r).run; }).fixed(),
      column<R>("output_dataset", "text",
                [](const R& r) {
                  const auto& resolved = status_of(r).resolved;
                  return resolved && resolved->output ? text_json(resolved->output->dataset) : Json(nullptr);
                })
          .not_stored(),
      computed<R>("output_dataset_id", kOutput).first(),
      column<R>("config", "jsonb", [](const R& r) { return config_json(api::encode(r.pipeline), r.own_spec); })
          .by_rule(kConfig),
      column<R>("spec_hash", "text", [](const R& r) -> Json { return status_of(r).spec_hash; }),
      column<R>("status", "visionops.run_status", [](const R& r) -> Json { return word(status_of(r).phase); }),
      column<R>("current_stage", "text", [](const R& r) { return stage_word(enum_name(status_of(r).stage)); }).known(),
      computed<R>("processed_count", kProcessed).known(),
      computed<R>("total_count", kProcessed).known(),
      column<R>("images_in", "bigint", [](const R& r) -> Json { return status_of(r).images_in; }),
      column<R>("images_out", "bigint", [](const R& r) -> Json { return status_of(r).images_out; }),
      column<R>("renamed_images", "bigint", [](const R& r) -> Json { return status_of(r).renamed_images; }),
      column<R>("skipped_images", "bigint", [](const R& r) -> Json { return status_of(r).skipped_images; }),
      column<R>("loss", "jsonb", [](const R& r) -> Json { return status_of(r).loss; }),
      column<R>("output_digest", "text", [](const R& r) { return text_json(status_of(r).output_digest); }),
      column<R>("attempt", "integer", [](const R& r) -> Json { return status_of(r).attempt; }),
      column<R>("failure_class", "text",
                [](const R& r) {
                  const auto& failure = status_of(r).failure;
                  return failure ? text_json(failure->failure_class) : Json(nullptr);
                }),
      column<R>("error_message", "text",
                [](const R& r) {
                  const bool failed = status_of(r).phase == api::Phase::Failed;
                  return failed ? text_json(status_of(r).message) : Json(nullptr);
                }),
      column<R>("started_at", "timestamptz", [](const R& r) { return time_json(status_of(r).started_at); }),
      column<R>("finished_at", "timestamptz", [](const R& r) { return time_json(status_of(r).finished_at); }),
  });
  return all;
}

}  // namespace

std::vector<Statement> pipeline_statements(const core::PipelineRecord& record) {
  static const std::string execution =
      upsert_sql({"visionops.pipeline_executions", "", "namespace, name, uid, run", ""}, sql_of(columns()));
  static const std::string earlier_runs = earlier_runs_sql("visionops.pipeline_executions");
  const auto& status = record.pipeline.status;
  if (status.run == 0) return {};  // nothing was started yet
  Json payload = record_json(columns(), record);
  payload["runs"] = runs_json(status.runs);
  const std::string text = payload_text(std::move(payload));
  std::vector<Statement> out{{execution.c_str(), text}};
  if (!status.runs.empty()) out.push_back({earlier_runs.c_str(), text});
  return out;
}

}  // namespace visionops::record
