// How the pictures of a layout get there: as links to the files of a mounted store, never copied; from a bucket, where
// there are no files, they are loaded.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "worker/layout/layout_kind.h"
#include "worker/layout/new_folder.h"
#include "worker/layout/split_layout.h"

namespace visionops::layout {

struct PictureFiles {
  /// Folder of a mounted store; nullopt: it is none.
  std::optional<std::filesystem::path> store_folder;
  unsigned threads = 0;  ///< 0: all cores
  std::stop_token stop;
  std::function<void(std::int64_t done)> progress;  ///< from any thread, one call at a time; may be empty
};

/// Places all pictures of the split. Of a bucket each file that arrived is compared with the Dataset's own list of
/// files where there is one, else with the size that was listed: Retry names the file. Cancelled when asked to stop.
Status place_pictures(const SplitLayout& split, const LayoutKind& kind, NewFolder& folder, const PictureFiles& how);

}  // namespace visionops::layout
