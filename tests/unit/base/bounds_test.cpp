// Work that grows with somebody else's text grows no faster than it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json.h"
#include "base/relative_path.h"
#include "base/repeated.h"
#include "base/yaml/value_count.h"
#include "base/yaml/yaml_json.h"
#include "tests/unit/counted_heap.h"

namespace visionops {
namespace {

/// "[a,a,a]"
std::string flow_list(std::size_t items) {
  std::string text = "[a";
  for (std::size_t i = 1; i < items; ++i) text += ",a";
  return text + "]";
}

std::string block_list(std::size_t items) {
  std::string text;
  for (std::size_t i = 0; i < items; ++i) text += "- a\n";
  return text;
}

std::string refusal(const std::string& text) {
  Json out;
  YamlLines lines;
  YamlError error;
  return parse_yaml(text, 1, out, lines, error) ? "" : std::to_string(error.line) + ": " + error.message;
}

TEST(YamlBounds, ADocumentMayHaveAsManyValuesAsTheLimitSays) {
  EXPECT_EQ(refusal(block_list(kMaxYamlValues - 1)), "");  // the list itself is one
  EXPECT_EQ(refusal(block_list(kMaxYamlValues)), "200000: the document has more than 200000 values");
}

TEST(YamlBounds, CountsKeysAndAliases) {
  EXPECT_FALSE(more_values_than(5, "a: &x 1\nb: *x\n"));
  EXPECT_EQ(more_values_than(4, "a: &x 1\nb: *x\n")->line, 2);
  EXPECT_EQ(more_values_than(4, "a: &x 1\nb: *x\n", 10)->line, 11);
}

TEST(YamlBounds, WhatIsMalformedIsLeftToWhoMakesTheTree) {
  EXPECT_FALSE(more_values_than(8, "a: [1, 2, 3"));
  EXPECT_NE(refusal("a: [1, 2"), "");
}

TEST(YamlBounds, ARefusedTextTakesLittleMemoryHoweverItIsWritten) {
  for (const auto& text : {flow_list(4U << 20U), block_list(2U << 20U)}) {
    const auto used = test::heap_use([&] { EXPECT_TRUE(more_values_than(1'000, text)); });
    EXPECT_LT(used.peak, 16 << 20) << "for a text of " << text.size() << " bytes";  // the stream has a copy of it
  }
}

TEST(YamlBounds, ALongKeyIsNotRepeatedForEachValueBelowIt) {
  const auto use = [](std::size_t values) {
    const std::string text = "? " + std::string(100'000, 'k') + "\n: " + flow_list(values) + "\n";
    return test::heap_use([&] { EXPECT_EQ(refusal(text), ""); }).peak;
  };
  EXPECT_LT(use(2'000) - use(500), 1'500 * 4'000);
}

TEST(PathBounds, APathHas4096BytesAndAPartOfIt255) {
  const auto path_of = [](std::size_t bytes) {
    std::string path;
    while (path.size() + 200 < bytes) path += std::string(199, 'a') + "/";
    return path + std::string(bytes - path.size(), 'b');
  };
  EXPECT_FALSE(relative_path_problem(path_of(4'096)));
  EXPECT_TRUE(relative_path_problem(path_of(4'097)));
  EXPECT_FALSE(relative_path_problem("a/" + std::string(255, 'b')));
  EXPECT_TRUE(relative_path_problem("a/" + std::string(256, 'b')));
}

TEST(Repeated, FindsAllThatStandThereBefore) {
  EXPECT_EQ(repeated(std::vector<std::string>{"a", "b", "a", "c", "b", "a"}), (std::vector<std::size_t>{2, 4, 5}));
  EXPECT_TRUE(repeated(std::vector<std::string>{}).empty());
}

TEST(Repeated, ComparesEachWithAFewOfTheOthers) {
  std::vector<int> numbers(100'000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i * 7'919 % 100'003);
  std::size_t compared = 0;
  EXPECT_TRUE(repeated(numbers, [&](int a, int b) {
                ++compared;
                return a < b;
              }).empty());
  EXPECT_LT(compared, numbers.size() * 18);  // log2 of the number, and one
}

}  // namespace
}  // namespace visionops
