// Every format but JPEG, by OpenCV.
#pragma once

#include <string>

#include "worker/pipeline/materialise/recode.h"

namespace visionops::pipeline {

/// Decodes, turns by the Exif `orientation`, applies `operations`, and encodes into the same format. Depth and alpha
/// stay: PNG keeps 16 bits. `suffix`: ".png". Recoded or ImageTrouble; throws cv::Exception and std::bad_alloc.
RecodeResult recode_picture(const std::string& bytes, const std::string& suffix, const ImageOperations& operations,
                            int orientation);

}  // namespace visionops::pipeline
