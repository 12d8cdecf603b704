#include "worker/train/engine/checkpoints/made_of.h"

#include <optional>

#include "base/digest.h"

namespace visionops::train {

namespace {

contract::DatasetLocation content_of(const contract::DatasetLocation& location) {
  contract::DatasetLocation content;
  content.format = location.format;
  content.digest = location.digest;
  if (location.digest.empty()) {
    content.store = location.store;
    content.path = location.path;
  }
  return content;
}

std::optional<contract::DatasetLocation> content_of(const std::optional<contract::DatasetLocation>& location) {
  return location ? std::optional(content_of(*location)) : std::nullopt;
}

}  // namespace

std::string made_of(const contract::TrainRun& run) {
  contract::RunSpec spec;
  auto& parts = spec.train.emplace();
  parts.task = run.task;
  parts.model = run.model;
  parts.train = content_of(run.train);
  parts.val = content_of(run.val);
  parts.learning_rate = run.learning_rate;
  parts.weight_decay = run.weight_decay;
  parts.warmup_epochs = run.warmup_epochs;
  parts.image_size = run.image_size;
  parts.seed = run.seed;
  parts.extra = run.extra;
  return sha256_hex(contract::encode(spec)).substr(0, 32);
}

}  // namespace visionops::train
