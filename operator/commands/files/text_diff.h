// Two texts line by line, as diff -u shows them. PURE.
#pragma once

#include <string>
#include <vector>

namespace visionops::commands {

/// Lines with "-", "+" or " " before them; all of both texts. Empty when the texts are equal.
std::vector<std::string> text_diff(const std::string& before, const std::string& after);

}  // namespace visionops::commands
