#include "worker/dataset/remove.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/fields/field_doc.h"
#include "worker/dataset/folder/file_list.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/manifest.h"

namespace visionops::dataset_folder {

namespace {

using contract::DeleteRun;
using contract::KeptFolder;
using contract::RemovalFacts;

constexpr std::size_t kMostNames = 4;
constexpr std::size_t kNameBytes = 120;

bool is_inside(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

void name(std::vector<std::string>& names, const std::string& text) {
  const auto shown = cut_text(text, kNameBytes);
  if (names.size() < kMostNames && std::find(names.begin(), names.end(), shown) == names.end()) names.push_back(shown);
}

Status remove_if_there(storage::StorageClient& store, const std::string& path) {
  auto removed = store.remove(path);
  return !removed.ok() && removed.error().cls == ErrorClass::NotFound ? Status{} : removed;
}

/// nullopt: there is no manifest with the digest of the Dataset.
std::optional<Manifest> manifest_of(storage::StorageClient& store, const contract::DatasetLocation& dataset) {
  if (dataset.digest.empty()) return std::nullopt;
  const auto text = store.read(join(dataset.path, kManifestFile), kMaxManifestBytes);
  if (!text) return std::nullopt;
  auto manifest = decode_manifest(*text);
  if (!manifest || manifest->digest != dataset.digest) return std::nullopt;
  std::vector<DataFile> files;
  for (const auto& file : manifest->files) files.push_back({file.path, file.size, file.sha256, 0});
  if (dataset_digest(std::move(files)) != dataset.digest) return std::nullopt;
  return *std::move(manifest);
}

class Removal {
 public:
  Removal(storage::StorageClient& store, const DeleteRun& run) : store_(store), run_(run), folder_(run.dataset.path) {}

  Result<RemovalFacts> go() {
    if (auto status = find_what_stays(); !status) return status.error();
    auto files = own_files();
    if (!files) return files.error();
    const auto listing = list_dataset(store_, folder_);
    if (!listing && listing.error().cls != ErrorClass::NotFound) return listing.error();
    if (!listing) {
      facts_.refused.clear();  // there is nothing that could stay
    } else if (auto status = remove_files(*files, *listing); !status) {
      return status.error();
    }
    if (auto status = remove_own_folder(); !status) return status.error();
    return facts_;
  }

 private:
  /// A store of the same name in another namespace may be another store: then the other's list is not in this one.
  Status find_what_stays() {
    for (const auto& kept : run_.keep) {
      if (!kept.file_list.empty()) {
        const auto there = store_.stat(kept.file_list);
        if (!there && there.error().cls == ErrorClass::NotFound) continue;
        if (!there && there.error().cls != ErrorClass::Invalid) return there.error();
      }
      keep_.push_back(kept);
    }
    return {};
  }

  Result<std::vector<DataFile>> own_files() {
    std::vector<DataFile> out;
    const auto list = read_file_list(store_, run_.dataset);
    manifest_ = manifest_of(store_, run_.dataset);
    if (list) {
      for (const auto& listed : list->files) {
        if (!listed.stray) out.push_back(listed.file);
      }
      return out;
    }
    if (list.error().cls != ErrorClass::NotFound && list.error().cls != ErrorClass::Invalid) return list.error();
    if (manifest_) {
      manifest_last_ = true;  // it alone tells whose files they are
      for (const auto& file : manifest_->files) out.push_back({file.path, file.size, file.sha256, 0});
      return out;
    }
    facts_.refused = list.error().cls == ErrorClass::NotFound
                         ? "no list of its files is in the store, and no manifest.json with its digest"
                         : cut_text(list.error().message, 300);
    return out;
  }

  const KeptFolder* keeper_of(const std::string& path) const {
    const auto it = std::find_if(keep_.begin(), keep_.end(), [&](const auto& k) { return is_inside(path, k.path); });
    return it == keep_.end() ? nullptr : &*it;
  }

  Status remove_files(const std::vector<DataFile>& files, const FolderListing& listing) {
    if (!manifest_last_) {
      if (auto status = remove_manifest(); !status) return status;
    }
    std::unordered_set<std::string_view> own;
    for (const auto& file : files) {
      own.insert(file.path);
      const auto* now = listing.find(file.path);
      if (now == nullptr) {
        note_folders_of(file.path);  // gone already, perhaps by an attempt that was killed
        continue;
      }
      if (auto status = remove_file(file, *now); !status) return status;
    }
    for (const auto& file : listing.files()) {
      if (own.contains(file.path) || (manifest_ && file.path == kManifestFile)) continue;
      if (const auto* keeper = keeper_of(join(folder_, file.path))) {
        count_shared(*keeper);
      } else {
        ++facts_.unlisted;
        name(facts_.left, file.path);
      }
    }
    remove_empty_folders();
    return manifest_last_ ? remove_manifest() : Status{};
  }

  Status remove_file(const DataFile& file, const storage::FileInfo& now) {
    const auto path = join(folder_, file.path);
    if (const auto* keeper = keeper_of(path)) {
      count_shared(*keeper);
      return {};
    }
    const auto same = has_listed_bytes(file, now, path);
    if (!same) return same.error();
    if (!*same) {
      ++facts_.replaced;
      name(facts_.left, file.path);
      return {};
    }
    if (auto status = remove_if_there(store_, path); !status) return status;
    ++facts_.removed;
    note_folders_of(file.path);
    return {};
  }

  void count_shared(const KeptFolder& keeper) {
    ++facts_.shared;
    name(facts_.owners, keeper.dataset.empty() ? "a Dataset of another namespace" : keeper.dataset);
  }

  /// A file with another time is read: what was put in its place is not this Dataset's.
  Result<bool> has_listed_bytes(const DataFile& file, const storage::FileInfo& now, const std::string& path) {
    if (now.size != file.size) return false;
    if (now.mtime_ns == file.mtime_ns) return true;
    const auto digest = store_.digest(path);
    if (!digest) return digest.error().cls == ErrorClass::NotFound ? Result<bool>(true) : digest.error();
    return digest->sha256 == file.sha256;
  }

  void note_folders_of(const std::string& path) {
    for (auto at = path.rfind('/'); at != std::string::npos; at = at == 0 ? std::string::npos : path.rfind('/', at - 1))
      folders_.insert(join(folder_, path.substr(0, at)));
    folders_.insert(folder_);
  }

  /// Only those that were for files of the Dataset; deeper ones first. A folder that is not empty stays.
  void remove_empty_folders() {
    for (const auto& folder : folders_) {
      const bool kept = std::any_of(keep_.begin(), keep_.end(), [&](const auto& k) { return k.path == folder; });
      if (!kept && keeper_of(folder) == nullptr) remove_if_empty(folder);
    }
  }

  void remove_if_empty(const std::string& folder) {
    const auto there = store_.stat(folder);
    if (there && there->directory) (void)store_.remove(folder);
  }

  Status remove_manifest() {
    const auto path = join(folder_, kManifestFile);
    if (!manifest_ || keeper_of(path) != nullptr) return {};
    if (auto status = remove_if_there(store_, path); !status) return status;
    ++facts_.removed;
    remove_if_empty(folder_);
    return {};
  }

  /// The list goes last of all.
  Status remove_own_folder() {
    if (run_.dataset.uid.empty()) return {};
    const auto own = contract::own_folder(run_.dataset.uid);
    for (const auto& path : {own + "/eda.json", file_list_path(run_.dataset.uid)}) {
      if (auto status = remove_if_there(store_, path); !status) return status;
    }
    remove_if_empty(own);
    return {};
  }

  storage::StorageClient& store_;
  const DeleteRun& run_;
  const std::string& folder_;
  std::vector<KeptFolder> keep_;
  std::optional<Manifest> manifest_;
  bool manifest_last_ = false;
  std::set<std::string, std::greater<>> folders_;
  RemovalFacts facts_;
};

}  // namespace

Result<RemovalFacts> remove_dataset(storage::StorageClient& store, const DeleteRun& run) {
  if (auto checked = storage::check_relative_path(run.dataset.path); !checked) return checked.error();
  if (!run.dataset.uid.empty() && run.dataset.uid.find('/') != std::string::npos) {
    return invalid_error("dataset.uid: must not have a '/'");
  }
  return Removal(store, run).go();
}

}  // namespace visionops::dataset_folder
