// What torch.save wrote before it took zip files: pickles in a row, then the storages they name.
#pragma once

#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::framework {

bool is_torch_legacy(std::string_view beginning);
Status check_torch_legacy(const ByteSource& source);

/// A file that is one pickle.
Status check_pickle(const ByteSource& source);

}  // namespace visionops::framework
