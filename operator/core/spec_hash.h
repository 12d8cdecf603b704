// Spec hash: what makes a run. Two specs with equal hash ask for the same result; fields that only
// steer how it is reached (suspend, retry, deadlines, TTL, alerts, queue, texts) are not part of it.
#pragma once

#include <string>

#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"

namespace visionops::core {

/// 16 hex digits of the SHA-256 of the canonical JSON of spec (less those fields), what decoding
/// refused, and the value of the rerun annotation.
std::string spec_hash(const api::Dataset& dataset, const Problems& problems);
std::string spec_hash(const api::Pipeline& pipeline, const Problems& problems);
std::string spec_hash(const api::TrainingJob& job, const Problems& problems);

}  // namespace visionops::core
