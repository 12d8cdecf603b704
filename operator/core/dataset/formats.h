// The annotation formats that the worker can read and inspect. The one place that lists them.
#pragma once

#include <array>

#include "base/vocabulary.h"

namespace visionops::core {

inline constexpr std::array kReadableFormats{Format::COCO, Format::YOLO, Format::VisDrone};

}  // namespace visionops::core
