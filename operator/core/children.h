// Names, labels and ownership of the Jobs that a resource owns.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "operator/api/object_meta.h"
#include "operator/cluster/workload.h"

namespace visionops::core {

/// The attempt of a resource that a child belongs to.
struct ChildOf {
  std::string kind;  ///< one of ours: "TrainingJob"
  const api::ObjectMeta& owner;
  std::int64_t run = 0;
  std::int32_t attempt = 0;
  std::string identity = {};  ///< of the run (core/run/run_identity.h); empty: begun by an earlier version
};

/// "<name>-<short name of the kind>-r<run>-a<attempt>", cut so that the host names of its Pods are DNS
/// labels: resources of different kinds may have the same name.
std::string job_name(const ChildOf& child);
std::map<std::string, std::string> child_labels(const ChildOf& child);
/// One for all runs and attempts of a resource: "<short name of the kind>-<name>-pods", a DNS label that begins
/// with a letter, as names of Services must. The Pods' host names tell the attempts apart.
std::string service_name(const ChildOf& child);
/// Name, namespace, labels and the controller owner reference.
api::ObjectMeta child_meta(const ChildOf& child);
/// Whether a Job is the one of this attempt, and not of the same name for another owner, run or identity: a run
/// that lost its status begins at the same numbers again. A Job of an earlier version names no identity.
bool is_of(const cluster::Job& job, const ChildOf& child);
/// `name` itself when it is a valid label value (at most 63 characters), else a cut with a hash.
std::string label_value(const std::string& name);

}  // namespace visionops::core
