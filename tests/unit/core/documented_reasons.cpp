#include "tests/unit/core/documented_reasons.h"

#include <fstream>

namespace visionops::core {

const std::set<std::string>& documented_words() {
  static const std::set<std::string> words = [] {
    std::set<std::string> out;
    std::ifstream file(VISIONOPS_SOURCE_DIR "/docs/conditions.md");
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("| ")) continue;
      out.insert(line.substr(2, line.find(' ', 2) - 2));
    }
    return out;
  }();
  return words;
}

}  // namespace visionops::core
