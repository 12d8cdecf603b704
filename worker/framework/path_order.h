// Which of two paths a framework made later, by their numbers: version_2 < version_10, train < train-2.
#pragma once

#include <string_view>

namespace visionops::framework {

/// Strictly less, name by name; digits are compared as numbers.
bool made_before(std::string_view a, std::string_view b);

}  // namespace visionops::framework
