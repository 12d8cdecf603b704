#include "operator/api/run_status.h"

#include "base/fields/field_table.h"

namespace visionops::api {

const Table<FailureRecord>& FailureRecord::fields() {
  static const auto table =
      Table<FailureRecord>{
          field("class", &FailureRecord::failure_class, "Class of the failure, see the table of exit codes.")
              .required(),
          field("evidence", &FailureRecord::evidence, "The line or field that proves it."),
          field("hint", &FailureRecord::hint, "The way out."),
          field("exitCode", &FailureRecord::exit_code, "Exit code of the worker."),
      }
          .reported();
  return table;
}

const Table<AttemptRecord>& AttemptRecord::fields() {
  static const auto table =
      Table<AttemptRecord>{
          field("attempt", &AttemptRecord::attempt, "Its number within the run."),
          field("class", &AttemptRecord::failure_class, "Class of its failure, see the table of exit codes."),
          field("evidence", &AttemptRecord::evidence, "Line or field that proves it."),
          field("exitCode", &AttemptRecord::exit_code, "Exit code of the worker."),
          field("startedAt", &AttemptRecord::started_at, "When it was decided on."),
          field("endedAt", &AttemptRecord::ended_at, "When its end was seen."),
      }
          .reported();
  return table;
}

const Table<RunRecord>& RunRecord::fields() {
  static const auto table =
      Table<RunRecord>{
          field("run", &RunRecord::run, "Number of the run.").required(),
          field("specHash", &RunRecord::spec_hash, "Hash of the spec that it ran with."),
          field("phase", &RunRecord::phase, "How it ended: Succeeded or Failed; or where it stands."),
          field("result", &RunRecord::result, "What came out: a digest, a Dataset or a model."),
          field("message", &RunRecord::message, "Why it ended so, for a person."),
          field("startedAt", &RunRecord::started_at, "When it began."),
          field("finishedAt", &RunRecord::finished_at, "When it ended."),
      }
          .reported();
  return table;
}

const Table<RunStatus>& RunStatus::fields() {
  static const auto table =
      Table<RunStatus>{
          field("observedGeneration", &RunStatus::observed_generation,
                "metadata.generation of the spec that this status tells of."),
          field("specHash", &RunStatus::spec_hash, "Hash of the spec of this run; a finished run stays finished."),
          field("phase", &RunStatus::phase,
                "Pending: waiting for inputs or for the next attempt. Queued: waiting for quota. Starting: Pods are "
                "being placed and started. Running. Succeeded: what was asked for is there and may be used. Failed: "
                "see message and failure. Suspended: by spec.suspend.")
              .always(),
          field("conditions", &RunStatus::conditions,
                "Ready, Reconciling, Stalled, Suspended, Complete, Failed and those of the kind, each with reason and "
                "message.")
              .max_items(16)
              .map_by("type"),
          field("message", &RunStatus::message, "Where things stand, for a person."),
          field("run", &RunStatus::run, "Number of the current run; a changed spec is a new run."),
          field("attempt", &RunStatus::attempt, "Jobs started in this run."),
          field("countedFailures", &RunStatus::counted_failures, "Failures that count against the limit of retries."),
          field("failure", &RunStatus::failure, "Why the last failed attempt ended."),
          field("failedAttempts", &RunStatus::failed_attempts, "Attempts of this run that failed, the newest ones.")
              .max_items(kMaxFailedAttempts),
          field("startedAt", &RunStatus::started_at, "When the run began."),
          field("finishedAt", &RunStatus::finished_at, "When the run ended."),
          field("duration", &RunStatus::duration, "How long the run took, for people."),
          field("retryAt", &RunStatus::retry_at, "When the next attempt may start."),
          field("attemptStartedAt", &RunStatus::attempt_started_at, "When the newest attempt was decided on."),
          field("resourcesHash", &RunStatus::resources_hash,
                "Hash of what the spec asked for the Pods of the newest attempt: resources, profile, secrets, mounts."),
          field("refusedBy", &RunStatus::refused_by,
                "Nodes that refused the Pods of the last attempts; the next attempt goes to others first."),
          field("runs", &RunStatus::runs, "The newest 10 runs.").max_items(10),
      }
          .reported();
  return table;
}

}  // namespace visionops::api
