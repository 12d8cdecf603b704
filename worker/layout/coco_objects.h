// What a program that trains on COCO files can use of them. The format keeps every object; a detector stumbles over one
// without a box, and a segmentation over one without a mask. PURE.
#pragma once

#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::layout {

/// Gives objects without a box that of their mask, and leaves out those that the task has no use for; these are told,
/// as LossKind::Objects.
annotations::LossReport keep_trainable_objects(annotations::Annotations& a, const std::vector<Task>& tasks);

}  // namespace visionops::layout
