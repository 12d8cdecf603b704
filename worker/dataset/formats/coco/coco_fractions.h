// Boxes and masks in fractions of the image, as some exporters write them (Azure ML). PURE.
#pragma once

#include <string>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// When all boxes and polygons of the file stand within 0 and 1, and the images are larger than that, they are
/// fractions: they become pixels of their images, with a RepairedBox finding. One look at the first box for any other
/// file. Boxes of images whose size is not known stay, with an UncertainBoxes finding each.
void scale_fractions(Annotations& a, const std::string& file, Findings& findings);

}  // namespace visionops::annotations
