#pragma once
#include <nlohmann/json_fwd.hpp>

namespace visionops {
using Json = nlohmann::json;
}  // namespace visionops
