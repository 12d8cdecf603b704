// Boxes in another form than x, y, width, height in pixels, when all of a file say so. PURE.
#pragma once

#include <string>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// When every box that its mask can tell about has the corners of its mask (x, y, x, y), all are corners, and become x,
/// y, width, height, with a RepairedBox finding. One look at the first mask for any other file.
void read_corners(Annotations& a, const std::string& file, Findings& findings);

/// When all boxes and polygons of the file stand within 0 and 1, and the images are larger than that, they are
/// fractions: they (Azure ML) become pixels of their images, with a RepairedBox finding. One look at the first box for
/// any other file. Boxes of images whose size is not known stay, with an UncertainBoxes finding each.
void scale_fractions(Annotations& a, const std::string& file, Findings& findings);

}  // namespace visionops::annotations
