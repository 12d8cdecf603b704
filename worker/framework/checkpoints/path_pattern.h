// The paths of a runtime file: '*' stands for any text within one name. PURE.
#pragma once

#include <string_view>

namespace visionops::framework {

/// Both are relative and use '/'. "runs/*/train*/results.csv" names "runs/detect/train-2/results.csv".
bool matches(std::string_view pattern, std::string_view path);

}  // namespace visionops::framework
