// The files of a layout whose plan stands.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/layout/class_list.h"
#include "worker/layout/layout_kind.h"
#include "worker/layout/new_folder.h"
#include "worker/layout/picture_files.h"
#include "worker/layout/split_layout.h"

namespace visionops::layout {

struct LayoutPlan {
  const LayoutKind& kind;
  Task task = Task::Detection;
  std::string place;  ///< absolute, where the layout will lie
  const ClassList& classes;
  const std::vector<SplitLayout>& splits;  ///< the training set first
};

/// Pictures, labels, and the files of the whole; without a validation set what stands for it. `how` gives the way of
/// the pictures of a split, whose progress is told in pictures of all splits. Errors as of place_pictures and
/// NewFolder.
Status fill_layout(const LayoutPlan& plan, NewFolder& folder,
                   const std::function<PictureFiles(const SplitLayout&)>& how,
                   const std::function<void(std::int64_t done, std::int64_t total)>& progress);

}  // namespace visionops::layout
