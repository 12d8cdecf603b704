// The cross-field rules of a DatasetReference, which sources and training sets share.
#pragma once

#include <string>

#include "operator/api/pipeline.h"

namespace visionops::api {

/// Exactly one of name and group; group needs split; split and version need group.
void check_reference(const DatasetReference& reference, const std::string& path, Problems& problems);

}  // namespace visionops::api
