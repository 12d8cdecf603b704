// What stands for the image of a framework on a laptop: the Python environment of its runtime.
#pragma once

#include <string>

#include "base/result.h"

namespace visionops::commands {

/// The folder of programs for a container of the embedded cluster; empty for an image of ours. NotFound, with the
/// command to type, when the runtime of the image is not installed here. Any thread; each call looks anew.
Result<std::string> programs_of_image(const std::string& image);

}  // namespace visionops::commands
