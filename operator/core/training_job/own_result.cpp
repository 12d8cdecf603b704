#include "operator/core/training_job/own_result.h"

namespace visionops::core {

namespace {

/// A file of the folder itself: neither elsewhere nor on the way out of it again.
bool lies_in(const std::string& path, const std::string& folder) {
  return path.starts_with(folder + "/") && path.find('/', folder.size() + 1) == std::string::npos;
}

}  // namespace

std::string why_foreign(const contract::TrainFacts& facts, const api::ResolvedTraining& resolved) {
  for (const auto* stored : {&facts.model, &facts.last}) {
    if (*stored && !lies_in((*stored)->path, resolved.checkpoint_path)) {
      return (*stored)->path + " is not in the folder of this run, " + resolved.checkpoint_path;
    }
  }
  return {};
}

}  // namespace visionops::core
