// Where a checkpoint is found by its digest alone, whatever became of the object that made it.
#pragma once

#include <string>

namespace visionops::contract {

/// checkpoints/NAMESPACE/.visionops/models/HEX.json, a StoredCheckpoint, for a run whose folder is
/// `checkpoint_path` (checkpoints/NAMESPACE/NAME/RUN): what one namespace has stored is not found by another.
/// `digest` is hexadecimal, "sha256:" before it or not. Empty when the folder is not of that form or the digest is
/// none.
std::string checkpoint_index_path(const std::string& checkpoint_path, const std::string& digest);

}  // namespace visionops::contract
