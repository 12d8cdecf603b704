// The top-level keys of a COCO file (info, licenses, ...) when files are merged. PURE.
#pragma once

#include <string>
#include <vector>

#include "worker/pipeline/collection/collection.h"

namespace visionops::pipeline {

/// One JSON object text out of those of all collections ("" when none has any). Licences are united and
/// keep their meaning: where one gets a new id, the key "license" of the images follows, in place.
/// Of any other key the first collection's value stays; a note says where another one was dropped.
std::string unite_top_level(std::vector<Collection>& collections, std::vector<std::string>& notes);

}  // namespace visionops::pipeline
