// safetensors: eight bytes of length, a header of JSON with where each tensor lies, the tensors.
#pragma once

#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::framework {

Status check_safetensors(const ByteSource& source);

}  // namespace visionops::framework
