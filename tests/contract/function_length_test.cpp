// Functions around 10 lines, half of them 7 or less, none above 60 (CONTRIBUTING.md).
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/cpp_text.h"
#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

constexpr std::size_t kLongest = 60;
constexpr std::size_t kMedian = 7;

struct Placed {
  std::string path;
  Function function;
};

std::vector<Placed> functions_of_the_tree() {
  std::vector<Placed> out;
  for (const char* root : {"base", "operator", "worker"}) {
    for (const auto& file : files_below(source_dir() / root, {".h", ".cpp", ".cu"})) {
      const std::string path = std::filesystem::relative(file, source_dir()).generic_string();
      for (Function& function : functions_of(read_text(file))) out.push_back({path, std::move(function)});
    }
  }
  return out;
}

TEST(FunctionLength, IsAtMostSixtyLines) {
  const auto all = functions_of_the_tree();
  ASSERT_GT(all.size(), 3000U) << "the tree has more functions than that: they are not found any more";
  for (const auto& [path, function] : all) {
    EXPECT_LE(function.lines, kLongest) << path << ":" << function.line << ": " << function.name;
  }
}

TEST(FunctionLength, IsAtMostSevenLinesForHalfOfThem) {
  std::vector<std::size_t> lines;
  for (const auto& placed : functions_of_the_tree()) lines.push_back(placed.function.lines);
  const auto middle = lines.begin() + static_cast<std::ptrdiff_t>(lines.size() / 2);
  std::nth_element(lines.begin(), middle, lines.end());
  EXPECT_LE(*middle, kMedian);
}

}  // namespace
}  // namespace visionops::contract_tests
