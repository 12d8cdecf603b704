#include "worker/pipeline/pixels/operations/operation.h"

namespace visionops::pipeline {

void apply(const Reencode&, cv::Mat&) {}

}  // namespace visionops::pipeline
