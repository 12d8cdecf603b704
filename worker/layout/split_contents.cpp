#include "worker/layout/split_contents.h"

#include <utility>

#include "worker/dataset/content_check.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/choice.h"

namespace visionops::layout {

namespace {

/// Of a Dataset by hand, which has no digest: it is what it is, but must stay so.
Result<std::string> listed_now(const SplitSource& source) {
  const auto& dataset = source.dataset;
  const auto files =
      dataset_folder::chosen_files(*source.store, dataset.path, dataset.format, dataset_folder::choice_of(dataset));
  if (!files) return files.error();
  return dataset_folder::listing_fingerprint(*files);
}

}  // namespace

Status SplitContents::check(unsigned threads) {
  changed_.clear();
  fingerprints_.resize(sources_.size());
  for (std::size_t i = 0; i < sources_.size() && changed_.empty(); ++i) {
    if (auto checked = check_one(i, threads); !checked) return checked.error().in(sources_[i].field());
    if (!changed_.empty()) changed_.insert(0, sources_[i].field() + ": ");
  }
  return {};
}

Status SplitContents::check_one(std::size_t i, unsigned threads) {
  auto dataset = sources_[i].dataset;
  if (dataset.digest.empty()) {
    auto now = listed_now(sources_[i]);
    if (!now) return now.error();
    if (!fingerprints_[i].empty() && fingerprints_[i] != *now) changed_ = "its files changed while they were laid out";
    fingerprints_[i] = *std::move(now);
    return {};
  }
  if (!fingerprints_[i].empty()) dataset.fingerprint = fingerprints_[i];
  auto checked = dataset_folder::check_content(*sources_[i].store, dataset, threads);
  if (!checked) return checked.error();
  changed_ = std::move(checked->changed);
  fingerprints_[i] = std::move(checked->fingerprint);
  return {};
}

}  // namespace visionops::layout
