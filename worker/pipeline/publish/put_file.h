// One file of the output that is written whole, whatever an earlier attempt left in its place.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/pipeline/materialise/materialise.h"

namespace visionops::pipeline {

/// `path` is inside the dataset folder. A file of equal bytes stays, another one is replaced.
Result<storage::StoredFile> put_file(const SourceFolder& output, const std::string& path, const std::string& bytes);

}  // namespace visionops::pipeline
