#include <algorithm>

#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/words.h"

namespace visionops::record {
namespace {

constexpr const char* kMetrics = R"sql(
INSERT INTO visionops.metrics (uid, run, identity, attempt, pod, name, step, epoch, value, at)
SELECT h.uid, h.run, h.identity, h.attempt, h.pod, m.name, m.step, m.epoch, m.value, m.at
FROM jsonb_to_record($1::jsonb) AS h(uid text, run bigint, identity text, attempt integer, pod text, metrics jsonb)
CROSS JOIN LATERAL jsonb_to_recordset(h.metrics) AS m(
  name text, step bigint, epoch integer, value double precision, at timestamptz)
WHERE m.value IS NOT NULL
ON CONFLICT DO NOTHING)sql";

constexpr const char* kCheckpoints = R"sql(
INSERT INTO visionops.checkpoints (uid, run, attempt, epoch, path, sha256, bytes)
SELECT h.uid, h.run, h.attempt, c.epoch, c.path, c.sha256, c.bytes
FROM jsonb_to_record($1::jsonb) AS h(uid text, run bigint, attempt integer, checkpoints jsonb)
CROSS JOIN LATERAL jsonb_to_recordset(h.checkpoints) AS c(epoch integer, path text, sha256 text, bytes bigint)
ON CONFLICT DO NOTHING)sql";

constexpr const char* kSamples = R"sql(
INSERT INTO visionops.gpu_samples
  (uid, run, pod, gpu_index, at, gpu_name, gpu_utilization_ratio, gpu_memory_bytes, gpu_power_watts,
   gpu_temperature_celsius, cpu_seconds, memory_bytes)
SELECT h.uid, h.run, h.pod, s.gpu_index, s.at, s.gpu_name, s.gpu_utilization_ratio, s.gpu_memory_bytes,
       s.gpu_power_watts, s.gpu_temperature_celsius, s.cpu_seconds, s.memory_bytes
FROM jsonb_to_record($1::jsonb) AS h(uid text, run bigint, pod text, samples jsonb)
CROSS JOIN LATERAL jsonb_to_recordset(h.samples) AS s(
  gpu_index integer, at timestamptz, gpu_name text, gpu_utilization_ratio double precision, gpu_memory_bytes bigint,
  gpu_power_watts double precision, gpu_temperature_celsius double precision, cpu_seconds double precision,
  memory_bytes bigint)
ON CONFLICT DO NOTHING)sql";

// A message of an earlier attempt, or of another run of the same number, that arrives late changes nothing.
constexpr const char* kTrainingJob = R"sql(
UPDATE visionops.training_jobs AS t SET
  container_id = h.pod, attempt = h.attempt, epoch = coalesce(h.epoch, t.epoch), epochs = coalesce(h.epochs, t.epochs),
  gpu_ids = CASE WHEN h.gpu_ids <> '[]'::jsonb THEN h.gpu_ids ELSE t.gpu_ids END, updated_at = now()
FROM jsonb_to_record($1::jsonb) AS h(
  namespace text, name text, uid text, run bigint, identity text, attempt integer, pod text, epoch integer,
  epochs integer, gpu_ids jsonb)
WHERE t.namespace = h.namespace AND t.name = h.name AND t.uid = h.uid AND t.run = h.run
  AND (h.identity IS NULL OR t.identity IS NULL OR h.identity = t.identity)
  AND (h.attempt > t.attempt OR (h.attempt = t.attempt AND coalesce(h.epoch, t.epoch) >= t.epoch))
  AND t.status NOT IN ('DONE', 'FAILED', 'CANCELLED')
  AND (t.container_id, t.attempt, t.epoch, t.epochs, t.gpu_ids) IS DISTINCT FROM
      (h.pod, h.attempt, coalesce(h.epoch, t.epoch), coalesce(h.epochs, t.epochs),
       CASE WHEN h.gpu_ids <> '[]'::jsonb THEN h.gpu_ids ELSE t.gpu_ids END))sql";

// The counts of a run are the sums over the Pods of its newest attempt.
constexpr const char* kPipelineProgress = R"sql(
WITH target AS (
  SELECT e.id, h.attempt, h.pod, h.sequence, h.stage, h.done, h.total,
         (e.shard_progress ->> 'attempt')::integer AS known_attempt,
         CASE WHEN (e.shard_progress ->> 'attempt')::integer = h.attempt THEN e.shard_progress -> 'pods'
              ELSE '{}'::jsonb END AS pods
  FROM jsonb_to_record($1::jsonb) AS h(
    namespace text, name text, uid text, run bigint, attempt integer, pod text, sequence bigint, stage text,
    done bigint, total bigint)
  JOIN visionops.pipeline_executions e
    ON e.namespace = h.namespace AND e.name = h.name AND e.uid = h.uid AND e.run = h.run
  WHERE e.status NOT IN ('DONE', 'FAILED', 'CANCELLED')
), next AS (
  SELECT id, attempt, stage,
         pods || jsonb_build_object(pod, jsonb_build_object('sequence', sequence, 'done', done, 'total', total)) AS pods
  FROM target
  WHERE attempt >= coalesce(known_attempt, 0) AND sequence > coalesce((pods -> pod ->> 'sequence')::bigint, -1)
)
UPDATE visionops.pipeline_executions AS e SET
  shard_progress = jsonb_build_object('attempt', n.attempt, 'pods', n.pods), current_stage = n.stage,
  processed_count = (SELECT sum((p.value ->> 'done')::bigint) FROM jsonb_each(n.pods) p),
  total_count = (SELECT sum((p.value ->> 'total')::bigint) FROM jsonb_each(n.pods) p), updated_at = now()
FROM next n WHERE e.id = n.id)sql";

Json header_json(const contract::TelemetryMessage& message) {
  return {{"namespace", message.owner.namespace_},
          {"name", message.owner.name},
          {"uid", message.owner.uid},
          {"run", message.owner.run},
          {"identity", text_json(message.owner.identity)},
          {"attempt", message.owner.attempt},
          {"pod", message.pod},
          {"sequence", message.sequence}};
}

Json metrics_json(const std::vector<contract::MetricPoint>& points) {
  Json out = Json::array();
  for (const auto& p : points) {
    out.push_back(
        {{"name", p.name}, {"value", p.value}, {"step", p.step}, {"epoch", p.epoch}, {"at", format_time_millis(p.at)}});
  }
  return out;
}

Json checkpoints_json(const std::vector<contract::StoredCheckpoint>& checkpoints) {
  Json out = Json::array();
  for (const auto& c : checkpoints) {
    out.push_back({{"path", c.path}, {"sha256", c.sha256}, {"bytes", c.bytes}, {"epoch", c.epoch}});
  }
  return out;
}

Json sample_json(const contract::ResourceSample& s) {
  Json out{{"at", format_time_millis(s.at)},
           {"gpu_index", s.gpu_index},
           {"cpu_seconds", s.cpu_seconds},
           {"memory_bytes", s.memory_bytes}};
  if (s.gpu_index < 0) return out;
  out.update({{"gpu_name", s.gpu_name},
              {"gpu_memory_bytes", s.gpu_memory_bytes},
              {"gpu_power_watts", s.gpu_power_watts},
              {"gpu_temperature_celsius", s.gpu_temperature_celsius}});
  if (s.gpu_utilization_ratio >= 0) out["gpu_utilization_ratio"] = s.gpu_utilization_ratio;
  return out;
}

Json samples_json(const std::vector<contract::ResourceSample>& samples) {
  Json out = Json::array();
  for (const auto& s : samples) out.push_back(sample_json(s));
  return out;
}

Json gpu_ids_json(const std::vector<contract::ResourceSample>& samples) {
  std::vector<std::int32_t> ids;
  for (const auto& s : samples) {
    if (s.gpu_index >= 0) ids.push_back(s.gpu_index);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Statement training_touch(const contract::TelemetryMessage& message, Json header) {
  if (message.progress) {
    header["epoch"] = message.progress->epoch;
    header["epochs"] = message.progress->epochs;
  }
  header["gpu_ids"] = gpu_ids_json(message.samples);
  return {kTrainingJob, payload_text(std::move(header))};
}

}  // namespace

std::vector<Statement> telemetry_statements(const core::TelemetryRecord& record) {
  const auto& message = record.message;
  const Json header = header_json(message);
  const auto with = [&header](const char* key, Json rows) {
    Json payload = header;
    payload[key] = std::move(rows);
    return payload_text(std::move(payload));
  };
  std::vector<Statement> out;
  if (!message.metrics.empty()) out.push_back({kMetrics, with("metrics", metrics_json(message.metrics))});
  if (!message.checkpoints.empty()) {
    out.push_back({kCheckpoints, with("checkpoints", checkpoints_json(message.checkpoints))});
  }
  if (!message.samples.empty()) out.push_back({kSamples, with("samples", samples_json(message.samples))});
  if (message.owner.kind == "TrainingJob") out.push_back(training_touch(message, header));
  if (message.owner.kind == "Pipeline" && message.progress) {
    Json payload = header;
    payload["stage"] = stage_word(message.progress->stage);
    payload["done"] = message.progress->done;
    payload["total"] = message.progress->total;
    out.push_back({kPipelineProgress, payload_text(std::move(payload))});
  }
  return out;
}

}  // namespace visionops::record
