#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/words.h"

#define DATASET_RECORD                                                                                          \
  "jsonb_to_record($1::jsonb) AS r(" VISIONOPS_IDENTITY                                                         \
  ", group_name text, dataset_type visionops.dataset_type, split visionops.dataset_split, version text,"        \
  " annotation_format text, task_types jsonb, modality text, source_origin text, description text,"             \
  " store text, storage_uri text, status visionops.dataset_status, image_count bigint, class_count bigint,"     \
  " annotation_count bigint, size_bytes bigint, digest text, metadata jsonb, pipeline text, pipeline_uid text," \
  " pipeline_run bigint, created_at timestamptz, deleted_at timestamptz, transform_config jsonb, parents jsonb)"

namespace visionops::record {
namespace {

constexpr const char* kGroup = R"sql(
INSERT INTO visionops.dataset_groups AS g
  (namespace, name, dataset_type, annotation_format, task_types, modality, source_origin, description, resource_version)
SELECT r.namespace, r.group_name, r.dataset_type, r.annotation_format, r.task_types, r.modality, r.source_origin,
       r.description, r.resource_version
FROM )sql" DATASET_RECORD R"sql(
ON CONFLICT (namespace, name) DO UPDATE SET
  dataset_type = excluded.dataset_type, annotation_format = excluded.annotation_format,
  task_types = excluded.task_types, modality = excluded.modality, source_origin = excluded.source_origin,
  description = excluded.description, resource_version = excluded.resource_version, updated_at = now()
WHERE (g.dataset_type IS NULL OR g.resource_version IS NULL OR excluded.resource_version >= g.resource_version)
  AND (g.dataset_type, g.annotation_format, g.task_types, g.modality, g.source_origin, g.description)
      IS DISTINCT FROM (excluded.dataset_type, excluded.annotation_format, excluded.task_types, excluded.modality,
                        excluded.source_origin, excluded.description))sql";

constexpr const char* kDataset = R"sql(
INSERT INTO visionops.datasets AS d
  (group_id, namespace, name, uid, dataset_type, split, version, annotation_format, store, storage_uri, status,
   image_count, class_count, annotation_count, size_bytes, digest, metadata, pipeline_uid, pipeline_run,
   resource_version, created_at, deleted_at)
SELECT g.id, r.namespace, r.name, r.uid, r.dataset_type, r.split, r.version, r.annotation_format, r.store,
       r.storage_uri, r.status, r.image_count, r.class_count, r.annotation_count, r.size_bytes, r.digest, r.metadata,
       r.pipeline_uid, r.pipeline_run, r.resource_version, coalesce(r.created_at, now()), r.deleted_at
FROM )sql" DATASET_RECORD R"sql(
JOIN visionops.dataset_groups g ON g.namespace = r.namespace AND g.name = r.group_name
ON CONFLICT (namespace, name, uid) DO UPDATE SET
  group_id = excluded.group_id, dataset_type = excluded.dataset_type, split = excluded.split,
  version = excluded.version, annotation_format = excluded.annotation_format, store = excluded.store,
  storage_uri = excluded.storage_uri, status = excluded.status,
  image_count = coalesce(excluded.image_count, d.image_count),
  class_count = coalesce(excluded.class_count, d.class_count),
  annotation_count = coalesce(excluded.annotation_count, d.annotation_count),
  size_bytes = coalesce(excluded.size_bytes, d.size_bytes), digest = coalesce(excluded.digest, d.digest),
  metadata = excluded.metadata, pipeline_uid = excluded.pipeline_uid, pipeline_run = excluded.pipeline_run,
  stub = false, resource_version = excluded.resource_version, created_at = excluded.created_at,
  deleted_at = coalesce(d.deleted_at, excluded.deleted_at), updated_at = now()
WHERE (d.stub OR d.resource_version IS NULL OR excluded.resource_version >= d.resource_version)
  AND (d.stub, d.group_id, d.dataset_type, d.split, d.version, d.annotation_format, d.store, d.storage_uri, d.status,
       d.image_count, d.class_count, d.annotation_count, d.size_bytes, d.digest, d.metadata, d.pipeline_uid,
       d.pipeline_run, d.resource_version, d.deleted_at)
      IS DISTINCT FROM
      (false, excluded.group_id, excluded.dataset_type, excluded.split, excluded.version, excluded.annotation_format,
       excluded.store, excluded.storage_uri, excluded.status, coalesce(excluded.image_count, d.image_count),
       coalesce(excluded.class_count, d.class_count), coalesce(excluded.annotation_count, d.annotation_count),
       coalesce(excluded.size_bytes, d.size_bytes), coalesce(excluded.digest, d.digest), excluded.metadata,
       excluded.pipeline_uid, excluded.pipeline_run, excluded.resource_version,
       coalesce(d.deleted_at, excluded.deleted_at)))sql";

// Names are unique among living resources: an older one of that name is gone, even if nobody saw it go.
constexpr const char* kRetirePredecessors = R"sql(
UPDATE visionops.datasets AS d SET deleted_at = r.created_at, updated_at = now()
FROM )sql" DATASET_RECORD R"sql(
WHERE d.namespace = r.namespace AND d.name = r.name AND d.uid <> r.uid AND NOT d.stub
  AND d.deleted_at IS NULL AND d.created_at < r.created_at)sql";

constexpr const char* kEdges = R"sql(
INSERT INTO visionops.dataset_lineage AS l (parent_id, child_id, transform_config, pipeline, pipeline_uid, pipeline_run)
SELECT DISTINCT ON (parent.id) parent.id, child.id, r.transform_config, coalesce(r.pipeline, ''),
       coalesce(r.pipeline_uid, ''), coalesce(r.pipeline_run, 0)
FROM )sql" DATASET_RECORD R"sql(
JOIN visionops.datasets child ON child.namespace = r.namespace AND child.name = r.name AND child.uid = r.uid
CROSS JOIN LATERAL jsonb_to_recordset(r.parents) AS p(name text, uid text)
JOIN visionops.datasets parent ON parent.namespace = r.namespace AND parent.name = p.name
  AND (parent.uid = p.uid OR (p.uid = '' AND parent.id = visionops.dataset_id(r.namespace, p.name)))
WHERE parent.id <> child.id
ORDER BY parent.id
ON CONFLICT (parent_id, child_id) DO UPDATE SET
  transform_config = coalesce(excluded.transform_config, l.transform_config)
WHERE l.transform_config IS DISTINCT FROM coalesce(excluded.transform_config, l.transform_config))sql";

constexpr const char* kLinkExecution = R"sql(
UPDATE visionops.pipeline_executions AS e SET output_dataset_id = d.id, updated_at = now()
FROM )sql" DATASET_RECORD R"sql(
JOIN visionops.datasets d ON d.namespace = r.namespace AND d.name = r.name AND d.uid = r.uid
WHERE e.namespace = r.namespace AND e.uid = r.pipeline_uid AND e.run = r.pipeline_run
  AND e.output_dataset_id IS NULL)sql";

Json metadata_json(const api::Dataset& dataset) {
  const Json object = api::encode(dataset);
  const Json status = object.value("status", Json::object());
  Json out{{"spec", object.value("spec", Json::object())}};
  for (const char* key : {"classCounts", "health", "message", "report"}) {
    if (const auto it = status.find(key); it != status.end()) out[key] = *it;
  }
  return out;
}

/// Counts mean nothing before the first inspection, which also gives the digest.
Json count_json(const api::DatasetStatus& status, std::int64_t count) {
  return status.digest.empty() ? Json(nullptr) : Json(count);
}

Json config_json(const std::string& text) {
  if (text.empty()) return nullptr;
  auto parsed = parse_json(text);
  return parsed ? std::move(*parsed) : Json(text);
}

Json dataset_json(const core::DatasetRecord& record) {
  const auto& [meta, spec, status, problems] = record.dataset;
  Json out = identity_json(meta);
  out.update({{"group_name", spec.group},
              {"dataset_type", word(spec.type)},
              {"split", word(spec.split)},
              {"version", spec.version},
              {"annotation_format", word(spec.format)},
              {"task_types", words(spec.tasks)},
              {"modality", word(spec.modality)},
              {"source_origin", spec.origin},
              {"description", spec.description},
              {"store", status.resolved ? status.resolved->store : spec.store},
              {"storage_uri", status.resolved ? status.resolved->path : api::dataset_path(spec)},
              {"status", dataset_word(status.phase)},
              {"image_count", count_json(status, status.images)},
              {"class_count", count_json(status, status.classes)},
              {"annotation_count", count_json(status, status.annotations)},
              {"size_bytes", count_json(status, status.size_bytes)},
              {"digest", text_json(status.digest)},
              {"metadata", metadata_json(record.dataset)},
              {"created_at", time_json(meta.creation_timestamp)},
              {"transform_config", config_json(record.transform_config)}});
  if (record.deleted) {
    // A time of the record itself, so that a replay gives the same row.
    const TimePoint last_known = meta.deletion_timestamp.value_or(meta.creation_timestamp);
    out["deleted_at"] = last_known == TimePoint{} ? Json("now") : time_json(last_known);
  }
  if (status.lineage) {
    out["pipeline"] = status.lineage->pipeline;
    out["pipeline_uid"] = text_json(status.lineage->pipeline_uid);
    out["pipeline_run"] = status.lineage->run;
    out["parents"] = Json::array();
    for (const auto& parent : status.lineage->parents) out["parents"].push_back(pinned_json(parent));
  }
  return out;
}

}  // namespace

const char* const kEnsurePinned = R"sql(
WITH r AS (
  SELECT $1::jsonb ->> 'namespace' AS namespace, p.*
  FROM jsonb_to_recordset($1::jsonb -> 'parents') AS p(name text, uid text, group_name text,
       split visionops.dataset_split, version text, annotation_format text, store text, storage_uri text, digest text)
), made_groups AS (
  INSERT INTO visionops.dataset_groups (namespace, name, annotation_format)
  SELECT DISTINCT ON (r.group_name) r.namespace, r.group_name, r.annotation_format FROM r ORDER BY r.group_name
  ON CONFLICT (namespace, name) DO NOTHING
  RETURNING id, namespace, name
), groups AS (
  SELECT id, namespace, name FROM made_groups
  UNION
  SELECT g.id, g.namespace, g.name FROM visionops.dataset_groups g JOIN r ON g.namespace = r.namespace AND g.name = r.group_name
)
INSERT INTO visionops.datasets
  (group_id, namespace, name, uid, split, version, annotation_format, store, storage_uri, digest, status, stub)
SELECT DISTINCT ON (r.name, r.uid) g.id, r.namespace, r.name, r.uid, r.split, r.version, r.annotation_format, r.store,
       r.storage_uri, r.digest, 'READY', true
FROM r JOIN groups g ON g.namespace = r.namespace AND g.name = r.group_name
WHERE r.uid <> '' OR visionops.dataset_id(r.namespace, r.name) IS NULL
ORDER BY r.name, r.uid
ON CONFLICT (namespace, name, uid) DO NOTHING)sql";

Json pinned_json(const api::PinnedDataset& pinned) {
  return {{"name", pinned.name},         {"uid", pinned.uid},          {"group_name", pinned.group},
          {"split", word(pinned.split)}, {"version", pinned.version},  {"annotation_format", word(pinned.format)},
          {"store", pinned.store},       {"storage_uri", pinned.path}, {"digest", text_json(pinned.digest)}};
}

std::vector<Statement> dataset_statements(const core::DatasetRecord& record) {
  const std::string payload = payload_text(dataset_json(record));
  std::vector<Statement> out{{kGroup, payload}, {kDataset, payload}, {kRetirePredecessors, payload}};
  const auto& lineage = record.dataset.status.lineage;
  if (!lineage) return out;
  if (!lineage->parents.empty()) {
    out.push_back({kEnsurePinned, payload});
    out.push_back({kEdges, payload});
  }
  if (!lineage->pipeline_uid.empty()) out.push_back({kLinkExecution, payload});
  return out;
}

}  // namespace visionops::record
