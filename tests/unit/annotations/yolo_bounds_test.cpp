// What a data.yaml or a polygon of somebody else may cost.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/counted_heap.h"
#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/joined_rings.h"

namespace visionops::annotations {
namespace {

using dataset_folder::read_data_yaml;

/// One triangle a part, each at its own place.
std::vector<std::vector<double>> triangles(std::size_t parts) {
  std::vector<std::vector<double>> out;
  for (std::size_t i = 0; i < parts; ++i) {
    const double x = 10.0 * static_cast<double>(i);
    out.push_back({x, 0, x + 4, 0, x, 4});
  }
  return out;
}

JoinedRings join(const std::vector<std::vector<double>>& parts) {
  return join_rings(std::vector<std::span<const double>>(parts.begin(), parts.end()));
}

TEST(JoinedRings, GoOutOverTheShortestBridgeAndBack) {
  const auto joined = join(triangles(2));
  EXPECT_EQ(joined.ring, (std::vector<double>{0, 0, 4, 0, 10, 0, 14, 0, 10, 4, 10, 0, 4, 0, 0, 4}));
  EXPECT_EQ(joined.pairs, 9U);
}

TEST(JoinedRings, LookAtNoMorePairsThanTheLimitForEachPoint) {
  std::uint64_t most = 0;
  for (std::size_t parts = 2; parts <= 1'024; parts += parts / 2) {
    const auto joined = join(triangles(parts));
    EXPECT_LE(joined.pairs, kMaxPairsPerPoint * 3 * parts) << parts << " parts";
    most = std::max(most, joined.pairs);
  }
  EXPECT_GT(most, 300U * 300U);
}

TEST(JoinedRings, BeyondItAllPartsAreJoinedAtTheirFirstPoints) {
  const auto joined = join(triangles(20'000));
  EXPECT_EQ(joined.pairs, 0U);
  EXPECT_EQ(joined.ring.size(), 2 * (3 * 20'000U + 2 * 19'999U));
  EXPECT_EQ(std::vector<double>(joined.ring.begin(), joined.ring.begin() + 12),
            (std::vector<double>{0, 0, 10, 0, 14, 0, 10, 4, 10, 0, 0, 0}));
  EXPECT_EQ(std::vector<double>(joined.ring.end() - 4, joined.ring.end()), (std::vector<double>{4, 0, 0, 4}));
}

std::string with_classes(std::size_t classes) {
  std::string text = "names:\n";
  for (std::size_t i = 0; i < classes; ++i) text += "  " + std::to_string(i) + ": class " + std::to_string(i) + "\n";
  return text;
}

std::string with_places(std::size_t places) {
  std::string text = "names: [car]\ntrain:\n";
  for (std::size_t i = 0; i < places; ++i) text += "- images/" + std::to_string(i) + "\n";
  return text;
}

TEST(DataYaml, NamesAtMostAHundredThousandClasses) {
  const auto at = read_data_yaml(with_classes(100'000));
  ASSERT_TRUE(at.ok()) << at.error().message;
  EXPECT_EQ(at->names.size(), 100'000U);
  EXPECT_EQ(read_data_yaml(with_classes(100'001)).error().message, "names: has more than 100000 entries");
}

TEST(DataYaml, NamesAtMostAHundredPlacesOfASplit) {
  EXPECT_EQ(read_data_yaml(with_places(100))->places.train.size(), 100U);
  EXPECT_EQ(read_data_yaml(with_places(101)).error().message, "train: names more than 100 places");
}

TEST(DataYaml, IsRefusedBeforeManyValuesTakeMemory) {
  std::string text = "names: [car]\nother: [a";
  while (text.size() < (8U << 20U)) text += ",a";
  text += "]\n";
  std::string message;
  const auto used = test::heap_use([&] { message = read_data_yaml(text).error().message; });
  EXPECT_EQ(message, "the document has more than 500000 commas and brackets (line 2)");
  EXPECT_LT(used.peak, 1 << 20);
  std::string block = "names: [car]\nother:\n";
  for (int i = 0; i < 250'000; ++i) block += "- a\n";
  EXPECT_EQ(read_data_yaml(block).error().message, "the document has more than 250000 values (line 249997)");
}

TEST(DataYaml, CostsInProportionToItsClasses) {
  const auto calls = [](std::size_t classes) {
    const auto text = with_classes(classes);
    return test::heap_use([&] { EXPECT_TRUE(read_data_yaml(text).ok()); }).calls;
  };
  EXPECT_LT(calls(8'000), calls(2'000) * 9 / 2);
}

}  // namespace
}  // namespace visionops::annotations
