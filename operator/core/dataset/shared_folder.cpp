#include "operator/core/dataset/shared_folder.h"

#include <algorithm>
#include <tuple>

#include "operator/core/reconcile.h"

namespace visionops::core {

namespace {

bool is_in(const std::string& inner, const std::string& outer) {
  return inner == outer || (inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '/');
}

bool removes_files_itself(const api::Dataset& d) {
  const auto& list = d.meta.finalizers;
  return d.meta.deletion_timestamp && d.spec.deletion_policy == DeletionPolicy::Delete &&
         std::find(list.begin(), list.end(), kFilesFinalizer) != list.end();
}

/// Of two that both remove their files, the later one takes what they share.
bool goes_before(const api::Dataset& a, const api::Dataset& b) {
  return std::tie(*a.meta.deletion_timestamp, a.meta.uid) < std::tie(*b.meta.deletion_timestamp, b.meta.uid);
}

bool in_other_bucket(const api::Dataset& mine, const api::Dataset& other, const Platform& platform) {
  const auto bucket = platform.s3_stores.find(mine.spec.store);
  return mine.meta.namespace_ != other.meta.namespace_ && bucket != platform.s3_stores.end() &&
         bucket->second.location.prefix.find("{namespace}") != std::string::npos;
}

bool may_have_the_files(const api::Dataset& mine, const api::Dataset& other, const Platform& platform) {
  if (other.meta.uid == mine.meta.uid || other.spec.store != mine.spec.store) return false;
  if (!overlap(api::dataset_path(mine.spec), api::dataset_path(other.spec))) return false;
  if (removes_files_itself(mine) && removes_files_itself(other) && goes_before(other, mine)) return false;
  return !in_other_bucket(mine, other, platform);
}

contract::KeptFolder folder_of(const api::Dataset& mine, const api::Dataset& other) {
  contract::KeptFolder out;
  out.path = api::dataset_path(other.spec);
  const bool same_namespace = other.meta.namespace_ == mine.meta.namespace_;
  if (same_namespace) out.dataset = other.meta.name;  // what other teams have is nobody's business
  if (!same_namespace) out.file_list = other.status.file_list;
  return out;
}

/// Whether everything that `b` keeps is kept by `a` as well.
bool covers(const contract::KeptFolder& a, const contract::KeptFolder& b) {
  return is_in(b.path, a.path) && (a.file_list.empty() || a.file_list == b.file_list);
}

void add(std::vector<contract::KeptFolder>& keep, contract::KeptFolder folder) {
  if (std::any_of(keep.begin(), keep.end(), [&](const auto& k) { return covers(k, folder); })) return;
  std::erase_if(keep, [&](const auto& k) { return covers(folder, k); });
  keep.push_back(std::move(folder));
}

}  // namespace

bool overlap(const std::string& a, const std::string& b) { return is_in(a, b) || is_in(b, a); }

SharedFolder shared_folder(const DatasetObserved& o) {
  SharedFolder out;
  const std::string mine = api::dataset_path(o.dataset.spec);
  for (const auto& other : o.neighbours) {
    if (may_have_the_files(o.dataset, other, o.platform)) add(out.keep, folder_of(o.dataset, other));
  }
  for (const auto& folder : out.keep) {
    if (!folder.file_list.empty() || !is_in(mine, folder.path)) continue;
    out.all_with = folder.dataset.empty() ? "a Dataset of another namespace" : "Dataset " + folder.dataset;
  }
  if (out.all_with.empty() && out.keep.size() > contract::kMaxKeptFolders) {
    out.all_with = std::to_string(out.keep.size()) + " other Datasets";
  }
  return out;
}

}  // namespace visionops::core
