// One Dataset of a training as it will lie in its split: loaded, with the classes of all, every picture with its place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/layout/class_list.h"
#include "worker/layout/layout_kind.h"
#include "worker/pipeline/collection/collection.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/storage/storage_client.h"

namespace visionops::layout {

/// A Dataset of the run and where it is to lie.
struct SplitSource {
  std::string split;  ///< "train", "val", "test"
  contract::DatasetLocation dataset;
  std::shared_ptr<storage::StorageClient> store;

  [[nodiscard]] std::string field() const { return "datasets." + split; }
};

struct LoadedSplit {
  SplitSource source;
  pipeline::Collection collection;
  annotations::Findings findings;
  std::int64_t images = 0;   ///< of the Dataset
  std::int64_t objects = 0;  ///< of it, as far as its reader understood them
};

/// Errors name the field.
Result<LoadedSplit> load_split(const SplitSource& source, unsigned threads);

struct SplitLayout {
  SplitSource source;
  pipeline::Plan plan;  ///< destinations are "images/NAME"
  annotations::LossReport loss;
  std::int64_t images_in = 0;
  std::int64_t objects_in = 0;
  std::int64_t objects_out = 0;  ///< that stand in the labels
};

/// What of the set has a place in the layout, and what is lost on the way there. PURE.
SplitLayout plan_split(LoadedSplit split, const contract::TrainRun& run, const LayoutKind& kind, const ClassList& list);

}  // namespace visionops::layout
