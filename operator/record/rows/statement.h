// One SQL statement with its single parameter: a JSON document that the statement takes apart with
// jsonb_to_record, so that types, NULLs and lists need no code on this side.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "operator/core/record.h"

namespace visionops::record {

struct Statement {
  const char* sql;      ///< lives for ever
  std::string payload;  ///< JSON text for $1, valid UTF-8 without NUL characters
};

/// The statements of one record, in order. Pure. Running them again changes nothing; running those of
/// an older state of the same resource after a newer one changes nothing either.
std::vector<Statement> statements_of(const core::Record& record);

/// What PostgreSQL's jsonb accepts: broken UTF-8 replaced, NUL characters removed.
std::string payload_text(Json json);

// One function per kind of record; the parts of statements_of().
std::vector<Statement> dataset_statements(const core::DatasetRecord& record);
std::vector<Statement> pipeline_statements(const core::PipelineRecord& record);
std::vector<Statement> training_statements(const core::TrainingRecord& record);
std::vector<Statement> telemetry_statements(const core::TelemetryRecord& record);
std::vector<Statement> notification_statements(const core::NotificationRecord& record);

/// Ends of earlier runs that were never recorded themselves (replaced while waiting, or lost), for a table whose rows
/// are runs: payload with namespace, name, uid, run and runs.
std::string earlier_runs_sql(const std::string& table);

/// Makes sure that pinned Datasets have rows: payload {namespace, parents: [pinned_json()...]}. Rows made
/// here are stubs until their own record arrives.
extern const char* const kEnsurePinned;
Json pinned_json(const api::PinnedDataset& pinned);

}  // namespace visionops::record
