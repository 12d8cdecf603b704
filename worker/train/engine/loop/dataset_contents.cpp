#include "worker/train/engine/loop/dataset_contents.h"

#include "worker/dataset/content_check.h"

namespace visionops::train {

DatasetContents::DatasetContents(const contract::TrainRun& run) {
  sets_.emplace_back("datasets.train", run.train);
  if (run.val) sets_.emplace_back("datasets.val", *run.val);
  if (run.test) sets_.emplace_back("datasets.test", *run.test);
}

Status DatasetContents::check() {
  for (auto& [field, dataset] : sets_) {
    const auto store = storage::open_store(dataset.store);
    if (!store) return store.error().in(field);
    auto checked = dataset_folder::check_content(**store, dataset);
    if (!checked) return checked.error().in(field);
    changed_ = checked->changed.empty() ? "" : std::string(field) + ": " + checked->changed;
    if (!changed_.empty()) return {};
    dataset.fingerprint = std::move(checked->fingerprint);
  }
  return {};
}

}  // namespace visionops::train
