// batch/v1 Job <-> Kubernetes JSON. For .cpp files of this room.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

/// backoffLimit is 0 and podFailurePolicy fails the Job with the first lost or failed Pod: whether and
/// when to try again is the operator's decision.
Json encode_job(const Job& job);
/// `meta` is decoded already.
Job decode_job(const Json& json, api::ObjectMeta meta);

}  // namespace visionops::cluster
