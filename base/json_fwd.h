// The name of the JSON tree, for headers; the tree itself is in base/json.h.
#pragma once
#include <nlohmann/json_fwd.hpp>

namespace visionops {
using Json = nlohmann::json;
}  // namespace visionops
