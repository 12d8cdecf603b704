#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/upsert.h"
#include "operator/record/rows/words.h"

namespace visionops::record {
namespace {

using R = core::DatasetRecord;

constexpr const char* kGroup = R"sql(
INSERT INTO visionops.dataset_groups AS g
  (namespace, name, dataset_type, annotation_format, task_types, modality, source_origin, description, resource_version)
SELECT r.namespace, r.group_name, r.dataset_type, r.annotation_format, r.task_types, r.modality, r.source_origin,
       r.description, r.resource_version
FROM {record}
ON CONFLICT (namespace, name) DO UPDATE SET
  dataset_type = excluded.dataset_type, annotation_format = excluded.annotation_format,
  task_types = excluded.task_types, modality = excluded.modality, source_origin = excluded.source_origin,
  description = excluded.description, resource_version = excluded.resource_version, updated_at = now()
WHERE (g.dataset_type IS NULL OR g.resource_version IS NULL OR excluded.resource_version >= g.resource_version)
  AND (g.dataset_type, g.annotation_format, g.task_types, g.modality, g.source_origin, g.description)
      IS DISTINCT FROM (excluded.dataset_type, excluded.annotation_format, excluded.task_types, excluded.modality,
                        excluded.source_origin, excluded.description))sql";

// Names are unique among living resources: an older one of that name is gone, even if nobody saw it go.
constexpr const char* kRetirePredecessors = R"sql(
UPDATE visionops.datasets AS d SET deleted_at = r.created_at, updated_at = now()
FROM {record}
WHERE d.namespace = r.namespace AND d.name = r.name AND d.uid <> r.uid AND NOT d.stub
  AND d.deleted_at IS NULL AND d.created_at < r.created_at)sql";

constexpr const char* kEdges = R"sql(
INSERT INTO visionops.dataset_lineage AS l (parent_id, child_id, transform_config, pipeline, pipeline_uid, pipeline_run)
SELECT DISTINCT ON (parent.id) parent.id, child.id, r.transform_config, coalesce(r.pipeline, ''),
       coalesce(r.pipeline_uid, ''), coalesce(r.pipeline_run, 0)
FROM {record}
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
FROM {record}
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

const api::ObjectMeta& meta_of(const R& r) { return r.dataset.meta; }
const api::DatasetSpec& spec_of(const R& r) { return r.dataset.spec; }
const api::DatasetStatus& status_of(const R& r) { return r.dataset.status; }

Json deleted_json(const R& r) {
  if (!r.deleted) return nullptr;
  // A time of the record itself, so that a replay gives the same row.
  const TimePoint last_known = meta_of(r).deletion_timestamp.value_or(meta_of(r).creation_timestamp);
  return last_known == TimePoint{} ? Json("now") : time_json(last_known);
}

Json parents_json(const R& r) {
  if (!status_of(r).lineage) return nullptr;
  Json out = Json::array();
  for (const auto& parent : status_of(r).lineage->parents) out.push_back(pinned_json(parent));
  return out;
}

/// Of the group and of the lineage; no columns of datasets.
std::vector<Column<R>> group_columns() {
  return {
      column<R>("group_name", "text", [](const R& r) -> Json { return spec_of(r).group; }).not_stored(),
      column<R>("task_types", "jsonb", [](const R& r) { return words(spec_of(r).tasks); }).not_stored(),
      column<R>("modality", "text", [](const R& r) -> Json { return word(spec_of(r).modality); }).not_stored(),
      column<R>("source_origin", "text", [](const R& r) -> Json { return spec_of(r).origin; }).not_stored(),
      column<R>("description", "text", [](const R& r) -> Json { return spec_of(r).description; }).not_stored(),
      column<R>("pipeline", "text",
                [](const R& r) -> Json {
                  return status_of(r).lineage ? Json(status_of(r).lineage->pipeline) : Json(nullptr);
                })
          .not_stored(),
      column<R>("transform_config", "jsonb", [](const R& r) { return config_json(r.transform_config); }).not_stored(),
      column<R>("parents", "jsonb", parents_json).not_stored(),
  };
}

std::vector<Column<R>> dataset_columns() {
  return {
      computed<R>("group_id", "g.id"),
      column<R>("dataset_type", "visionops.dataset_type", [](const R& r) -> Json { return word(spec_of(r).type); }),
      column<R>("split", "visionops.dataset_split", [](const R& r) -> Json { return word(spec_of(r).split); }),
      column<R>("version", "text", [](const R& r) -> Json { return spec_of(r).version; }),
      column<R>("annotation_format", "text", [](const R& r) -> Json { return word(spec_of(r).format); }),
      column<R>(
          "store", "text",
          [](const R& r) -> Json { return status_of(r).resolved ? status_of(r).resolved->store : spec_of(r).store; }),
      column<R>("storage_uri", "text",
                [](const R& r) -> Json {
                  return status_of(r).resolved ? status_of(r).resolved->path : api::dataset_path(spec_of(r));
                }),
      column<R>("status", "visionops.dataset_status",
                [](const R& r) -> Json { return dataset_word(status_of(r).phase); }),
      column<R>("image_count", "bigint", [](const R& r) { return count_json(status_of(r), status_of(r).images); })
          .known(),
      column<R>("class_count", "bigint", [](const R& r) { return count_json(status_of(r), status_of(r).classes); })
          .known(),
      column<R>("annotation_count", "bigint",
                [](const R& r) { return count_json(status_of(r), status_of(r).annotations); })
          .known(),
      column<R>("size_bytes", "bigint", [](const R& r) { return count_json(status_of(r), status_of(r).size_bytes); })
          .known(),
      column<R>("digest", "text", [](const R& r) { return text_json(status_of(r).digest); }).known(),
      column<R>("metadata", "jsonb", [](const R& r) { return metadata_json(r.dataset); }),
      column<R>("pipeline_uid", "text",
                [](const R& r) -> Json {
                  return status_of(r).lineage ? text_json(status_of(r).lineage->pipeline_uid) : Json(nullptr);
                }),
      column<R>(
          "pipeline_run", "bigint",
          [](const R& r) -> Json { return status_of(r).lineage ? Json(status_of(r).lineage->run) : Json(nullptr); }),
      // A row that was made for a child's sake is no stub any more, once its own record has come.
      computed<R>("stub", "false"),
      column<R>("created_at", "timestamptz", [](const R& r) { return time_json(meta_of(r).creation_timestamp); })
          .selected("coalesce(r.created_at, now())")
          .by_rule("CASE WHEN t.stub THEN excluded.created_at ELSE t.created_at END"),
      column<R>("deleted_at", "timestamptz", deleted_json).first(),
  };
}

const std::vector<Column<R>>& columns() {
  static const auto all = [] {
    auto out = dataset_columns();
    for (auto& c : group_columns()) out.push_back(std::move(c));
    return with_identity<R, meta_of>(std::move(out));
  }();
  return all;
}

struct DatasetSql {
  std::string group, dataset, retire_predecessors, edges, link_execution;
};

const DatasetSql& dataset_sql() {
  static const DatasetSql all = [] {
    const auto sql = sql_of(columns());
    const std::string record = record_sql(sql);
    const UpsertTarget target{"visionops.datasets",
                              "JOIN visionops.dataset_groups g ON g.namespace = r.namespace AND g.name = r.group_name",
                              "namespace, name, uid", "t.stub"};
    return DatasetSql{with_record(kGroup, record), upsert_sql(target, sql), with_record(kRetirePredecessors, record),
                      with_record(kEdges, record), with_record(kLinkExecution, record)};
  }();
  return all;
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
  const auto& sql = dataset_sql();
  const std::string payload = payload_text(record_json(columns(), record));
  std::vector<Statement> out{
      {sql.group.c_str(), payload}, {sql.dataset.c_str(), payload}, {sql.retire_predecessors.c_str(), payload}};
  const auto& lineage = record.dataset.status.lineage;
  if (!lineage) return out;
  if (!lineage->parents.empty()) {
    out.push_back({kEnsurePinned, payload});
    out.push_back({sql.edges.c_str(), payload});
  }
  if (!lineage->pipeline_uid.empty()) out.push_back({sql.link_execution.c_str(), payload});
  return out;
}

}  // namespace visionops::record
