// Operations on a decoded picture.
#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>

#include "worker/pipeline/collection/image_operation.h"
#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/pixels/operations/pixel_verbs.h"

namespace visionops::pipeline {

/// The half of the operation's kind that touches pixels.
const PixelVerbs& pixel_verbs_of(const ImageOperation& operation);

/// Applies all in order. Nothing when that is done; UnsupportedImage when an operation does not take such a picture;
/// Internal when one made another size than it promises, since the annotations were written for that.
std::optional<RecodeResult> apply_operations(const ImageOperations& operations, cv::Mat& picture);

}  // namespace visionops::pipeline
