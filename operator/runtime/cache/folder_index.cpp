#include "operator/runtime/cache/folder_index.h"

#include <algorithm>

namespace visionops::runtime {
namespace {

std::string key_of(const api::Dataset& dataset) {
  return dataset.spec.store + "/" + api::dataset_path(dataset.spec) + "/";
}

}  // namespace

void FolderIndex::add(const api::Dataset& dataset, const Name* name) { folders_.emplace(key_of(dataset), name); }

void FolderIndex::remove(const api::Dataset& dataset, const Name* name) {
  auto [it, end] = folders_.equal_range(key_of(dataset));
  it = std::find_if(it, end, [&](const auto& known) { return known.second == name; });
  if (it != end) folders_.erase(it);
}

std::vector<const FolderIndex::Name*> FolderIndex::overlapping(const api::Dataset& dataset) const {
  const auto key = key_of(dataset);
  std::vector<const Name*> found;
  for (auto it = folders_.lower_bound(key); it != folders_.end() && it->first.starts_with(key); ++it) {
    found.push_back(it->second);  // the same folder and those in it
  }
  for (auto slash = key.find('/', dataset.spec.store.size() + 1); slash + 1 < key.size();
       slash = key.find('/', slash + 1)) {
    const auto [begin, end] = folders_.equal_range(key.substr(0, slash + 1));
    for (auto it = begin; it != end; ++it) found.push_back(it->second);
  }
  return found;
}

}  // namespace visionops::runtime
