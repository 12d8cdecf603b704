// Zip: what torch.save and numpy.savez write. The directory stands at the end and is written last.
#pragma once

#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::framework {

Status check_zip(const ByteSource& source);

}  // namespace visionops::framework
