#include <algorithm>
#include <set>

#include "worker/dataset/folder/splits.h"
#include "worker/dataset/formats/class_folders/class_folders.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::class_folders {

namespace {

bool is_of_tools(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != std::string_view::npos ||
         dataset_folder::stands_in(path, "__MACOSX");
}

/// The names of the first folders below `root`.
std::set<std::string> folders_below(const std::vector<const storage::FileInfo*>& images, const std::string& root) {
  std::set<std::string> folders;
  for (const auto* image : images) {
    if (auto folder = class_of(image->path, root)) folders.insert(*std::move(folder));
  }
  return folders;
}

}  // namespace

std::vector<const storage::FileInfo*> pictures(const dataset_folder::FolderListing& listing) {
  std::vector<const storage::FileInfo*> out;
  for (const auto& file : listing.files()) {
    if (annotations::has_image_suffix(file.path) && !is_of_tools(file.path)) out.push_back(&file);
  }
  return out;
}

std::optional<std::string> class_of(std::string_view path, const std::string& root) {
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::nullopt : std::optional<std::string>(path.substr(0, slash));
}

Root root_of(const std::vector<const storage::FileInfo*>& images, const std::vector<std::string>& classes) {
  Root root;
  const auto is_class = [&classes](const std::string& name) { return std::ranges::count(classes, name) > 0; };
  auto folders = folders_below(images, root.path);
  if (folders == std::set<std::string>{"images"} && !is_class("images")) {
    root.path = "images/";
    folders = folders_below(images, root.path);
  }
  const bool splits = !folders.empty() && std::ranges::all_of(folders, [&](const std::string& name) {
    return !dataset_folder::split_word(name).empty() && !is_class(name);
  });
  if (!splits) return root;
  if (folders.size() == 1) {
    root.path += *folders.begin() + "/";
  } else {
    root.splits.assign(folders.begin(), folders.end());
  }
  return root;
}

}  // namespace visionops::class_folders
