// All kinds of operations, written by CMake from the files of this folder.
#pragma once

#include <span>

#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

/// Sorted by name.
std::span<const OperationKind* const> operation_table();

}  // namespace visionops::pipeline
