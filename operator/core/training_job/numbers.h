// Numbers for people.
#pragma once

#include <string>

namespace visionops::core {

/// Up to four significant digits, without trailing zeros: "0.9531", "12", "1.2e-05".
std::string short_number(double value);

}  // namespace visionops::core
