#include "worker/dataset/folder/litter.h"

#include <algorithm>
#include <array>
#include <span>

namespace visionops::dataset_folder {

namespace {

constexpr std::array<std::string_view, 6> kFolders{".ipynb_checkpoints", "__MACOSX", "@eaDir", ".git", ".dvc", ".svn"};
constexpr std::array<std::string_view, 3> kFiles{".DS_Store", "Thumbs.db", "desktop.ini"};

bool is_litter_name(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool is_litter(std::string_view path) {
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (is_litter_name(path.substr(0, slash), kFolders)) return true;
    path.remove_prefix(slash + 1);
  }
  return path.starts_with("._") || is_litter_name(path, kFiles) || is_litter_name(path, kFolders);
}

}  // namespace visionops::dataset_folder
