#include "tests/contract/source_tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace visionops::contract_tests {

namespace fs = std::filesystem;

fs::path source_dir() { return VISIONOPS_SOURCE_DIR; }

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot read " << path;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::vector<fs::path> files_below(const fs::path& folder, const std::vector<std::string>& extensions) {
  std::vector<fs::path> out;
  if (!fs::exists(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool wanted = std::find(extensions.begin(), extensions.end(), entry.path().extension()) != extensions.end();
    if (entry.is_regular_file() && wanted) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "visionops-contract-XXXXXX").string();
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace visionops::contract_tests
