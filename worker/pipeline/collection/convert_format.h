// What the manipulators of the category format_convert do to a source. PURE.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/pipeline/collection/collection.h"

namespace visionops::pipeline {

/// Invalid, with both formats, when the annotations come from another one.
Status expect_source(const Collection& c, Format format);

/// What a COCO file has: ids from 1, areas, crowd flags. Nothing is lost.
void put_in_coco_terms(Collection& c);

/// Every image goes through its label file and back, so that the result is what a reader of that file would see.
/// Images without a size are left out with a finding; what else gets lost is returned.
annotations::LossReport pass_through_yolo(Collection& c, const std::vector<Task>& tasks,
                                          annotations::Findings& findings);

}  // namespace visionops::pipeline
