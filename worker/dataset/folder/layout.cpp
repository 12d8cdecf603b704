#include "worker/dataset/folder/layout.h"

#include <algorithm>

#include "worker/contract/run_spec.h"
#include "worker/dataset/folder/litter.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

bool is_platform_file(std::string_view path) {
  constexpr std::string_view folder = contract::kPlatformFolder;
  return path.starts_with(folder) && path.substr(folder.size()).starts_with("/");
}

}  // namespace

bool is_ours(std::string_view path) { return path == kManifestFile || path == "eda.json" || is_platform_file(path); }

const storage::FileInfo* FolderListing::find(std::string_view path) const {
  const auto at = std::lower_bound(files_.begin(), files_.end(), path,
                                   [](const storage::FileInfo& file, std::string_view p) { return file.path < p; });
  return at != files_.end() && at->path == path ? &*at : nullptr;
}

FolderListing FolderListing::with(const Choice& choice) const {
  const auto& file = choice.annotations;
  const auto suffix = file.substr(std::min(file.rfind('.'), file.size()));
  auto chosen = only([&](std::string_view path) {
    if (!file.empty() && path.ends_with(suffix)) return path == file;
    return !annotations::has_image_suffix(path) || stands_below(path, choice.image_root);
  });
  chosen.choice_ = choice;
  return chosen;
}

FolderListing FolderListing::only(const std::function<bool(std::string_view path)>& holds) const {
  FolderListing out;
  for (const auto& file : files_) {
    if (holds(file.path)) out.files_.push_back(file);
  }
  for (const auto& link : links_) {
    if (holds(link) && holds(link + "/")) out.links_.push_back(link);  // it may stand for a folder
  }
  out.head_ = head_;
  out.choice_ = choice_;
  return out;
}

std::string join(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : folder + "/" + path;
}

Result<FolderListing> list_dataset(storage::StorageClient& store, const std::string& folder) {
  std::vector<std::string> links;
  auto files = store.list(folder, true, &links);
  if (!files) return files.error();
  if (!folder.empty()) {
    for (auto& file : *files) file.path.erase(0, folder.size() + 1);
    for (auto& link : links) link.erase(0, folder.size() + 1);
  }
  std::erase_if(*files,
                [](const storage::FileInfo& file) { return is_platform_file(file.path) || is_litter(file.path); });
  std::erase_if(links, [](const std::string& link) { return is_platform_file(link) || is_litter(link); });
  return FolderListing(std::move(*files), std::move(links), [&store, folder](const std::string& path) {
    auto head = store.read(join(folder, path), kHeadBytes, true);
    return head ? *std::move(head) : std::string();
  });
}

bool stands_below(std::string_view path, std::string_view folder) {
  return folder.empty() || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

bool stands_in(std::string_view path, std::string_view folder) {
  for (auto at = path.find(folder); at != std::string_view::npos; at = path.find(folder, at + 1)) {
    const bool begins = at == 0 || path[at - 1] == '/';
    if (begins && path.substr(at + folder.size()).starts_with('/')) return true;
  }
  return false;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 4); ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 4 ? out + ", ..." : out;
}

std::string name_without_images_folder(const std::string& path) {
  if (path.starts_with("images/")) return path.substr(7);
  const auto at = path.find("/images/");
  return at == std::string::npos ? path : path.substr(0, at + 1) + path.substr(at + 8);
}

}  // namespace visionops::dataset_folder
