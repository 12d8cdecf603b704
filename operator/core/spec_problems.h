// Everything that is wrong with a spec: what decoding refused, else what the cross-field rules refuse
// (an object may reach the operator without having been decoded, and rules may be newer than it).
#pragma once

#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"

namespace visionops::core {

template <class Resource>
Problems spec_problems(const Resource& resource) {
  Problems problems = resource.problems;
  if (problems.empty()) validate(resource.spec, problems);
  return problems;
}

}  // namespace visionops::core
