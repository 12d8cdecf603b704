#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/yaml/yaml_emit.h"
#include "tests/golden/core/given.h"

namespace visionops::core {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(VISIONOPS_SOURCE_DIR "/tests/golden/core/cases")) {
    if (entry.is_directory()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class CoreGolden : public ::testing::TestWithParam<fs::path> {};

TEST_P(CoreGolden, DecidesAsExpected) {
  const std::string got = to_yaml(decide((GetParam() / "given.yaml").string()));
  const fs::path expect = GetParam() / "expect.yaml";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(expect) << got;
    return;
  }
  std::stringstream want;
  want << std::ifstream(expect).rdbuf();
  EXPECT_EQ(got, want.str()) << "if the change is meant: UPDATE_GOLDEN=1 core_golden_tests, then read the diff";
}

INSTANTIATE_TEST_SUITE_P(Cases, CoreGolden, ::testing::ValuesIn(cases()), [](const auto& test) {
  std::string name = test.param.filename().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace visionops::core
