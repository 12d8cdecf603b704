// Files that tools and operating systems leave in folders and that are nobody's data. PURE.
#pragma once

#include <string_view>

namespace visionops::dataset_folder {

/// By name, wherever it stands; nothing else that is hidden is passed over:
///   .ipynb_checkpoints/ (Jupyter), __MACOSX/ and ._* (macOS), @eaDir/ (Synology), .git/, .dvc/, .svn/,
///   .DS_Store, Thumbs.db, desktop.ini.
bool is_litter(std::string_view path);

}  // namespace visionops::dataset_folder
