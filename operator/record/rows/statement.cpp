#include "operator/record/rows/statement.h"

#include <algorithm>

#include "base/json.h"

namespace visionops::record {
namespace {

void remove_nul(Json& json) {
  if (json.is_string()) {
    std::erase(json.get_ref<std::string&>(), '\0');
  } else if (json.is_array()) {
    for (auto& item : json) remove_nul(item);
  } else if (json.is_object()) {
    Json clean = Json::object();
    for (auto& [key, value] : json.items()) {
      std::string name = key;
      std::erase(name, '\0');
      remove_nul(value);
      clean[name] = std::move(value);
    }
    json = std::move(clean);
  }
}

}  // namespace

std::string payload_text(Json json) {
  remove_nul(json);
  return dump_json(json);
}

std::string earlier_runs_sql(const std::string& table) {
  return "INSERT INTO " + table + R"sql( AS t
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
}

std::vector<Statement> statements_of(const core::Record& record) {
  struct Rows {
    std::vector<Statement> operator()(const core::DatasetRecord& r) const { return dataset_statements(r); }
    std::vector<Statement> operator()(const core::PipelineRecord& r) const { return pipeline_statements(r); }
    std::vector<Statement> operator()(const core::TrainingRecord& r) const { return training_statements(r); }
    std::vector<Statement> operator()(const core::TelemetryRecord& r) const { return telemetry_statements(r); }
    std::vector<Statement> operator()(const core::NotificationRecord& r) const { return notification_statements(r); }
  };
  return std::visit(Rows{}, record);
}

}  // namespace visionops::record
