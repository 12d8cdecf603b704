#include <gtest/gtest.h>

#include <map>

#include "tests/unit/manipulators/collection_builder.h"

namespace visionops::pipeline::test {
namespace {

CollectionBuilder numbered(int count, std::uint32_t source = 0) {
  CollectionBuilder b(source);
  b.category(1, "x");
  for (int i = 0; i < count; ++i) b.image(i + 10, "img" + std::to_string(i) + ".jpg").box(0, i, 0, 1, 1);
  return b;
}

Collection sample(int n, std::uint64_t seed, Collection c) {
  StepContext context;
  context.seed = seed;
  return run_on_one("sample_n_images", "{\"n\":" + std::to_string(n) + "}", std::move(c), context);
}

std::set<std::string> names(const Collection& c) {
  const auto all = image_names(c);
  return {all.begin(), all.end()};
}

TEST(SampleNImages, DrawsExactlyNAndKeepsTheirObjects) {
  const auto c = sample(5, 1, numbered(50).build());
  EXPECT_EQ(c.origins.size(), 5U);
  EXPECT_EQ(c.annotations.objects.size(), 5U);
  EXPECT_EQ(sample(500, 1, numbered(50).build()).origins.size(), 50U);
}

TEST(SampleNImages, EqualSeedsDrawEqualImagesWhateverTheOrder) {
  auto reversed = numbered(0);
  for (int i = 49; i >= 0; --i) reversed.image(i, "img" + std::to_string(i) + ".jpg");
  EXPECT_EQ(names(sample(7, 3, numbered(50).build())), names(sample(7, 3, reversed.build())));
  EXPECT_NE(names(sample(7, 3, numbered(50).build())), names(sample(7, 4, numbered(50).build())));
}

TEST(SampleNImages, ASmallerSampleIsPartOfALargerOne) {
  const auto large = names(sample(20, 9, numbered(50).build()));
  for (const auto& name : names(sample(5, 9, numbered(50).build()))) EXPECT_TRUE(large.count(name)) << name;
}

TEST(SampleNImages, IsSpreadOverTheImages) {
  // 1,000 seeds: each of 10 images is drawn about 300 times; 6 standard deviations are 87.
  std::map<std::string, int> drawn;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    for (const auto& name : names(sample(3, seed, numbered(10).build()))) ++drawn[name];
  }
  for (const auto& [name, count] : drawn) EXPECT_NEAR(count, 300, 87) << name;
}

TEST(SampleNImages, AfterAMergeCountsPerSourceUnlessToldOtherwise) {
  const auto merged = run_merge({numbered(10, 0).build(), numbered(10, 1).build()});
  EXPECT_EQ(sample(4, 1, merged).origins.size(), 8U);
  EXPECT_EQ(run_on_one("sample_n_images", R"({"n":4,"perSource":false})", merged).origins.size(), 4U);
}

TEST(ShuffleImageIds, DealsTheSameIdsInAnotherOrderAndObjectsFollowTheirImage) {
  const auto before = numbered(30).build();
  StepContext context;
  context.seed = 5;
  const auto after = run_on_one("shuffle_image_ids", "{}", before, context);
  EXPECT_EQ(meaning(after), meaning(before));
  EXPECT_NE(image_names(after), image_names(before));
  std::vector<std::int64_t> ids;
  for (const auto& image : after.annotations.images) ids.push_back(image.id);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(ids.front(), 10);
  EXPECT_EQ(ids.back(), 39);
}

TEST(ShuffleImageIds, TheSeedDecides) {
  StepContext one, two;
  one.seed = 1;
  two.seed = 2;
  const auto c = numbered(30).build();
  EXPECT_EQ(image_names(run_on_one("shuffle_image_ids", "{}", c, one)),
            image_names(run_on_one("shuffle_image_ids", "{}", c, one)));
  EXPECT_NE(image_names(run_on_one("shuffle_image_ids", "{}", c, one)),
            image_names(run_on_one("shuffle_image_ids", "{}", c, two)));
}

}  // namespace
}  // namespace visionops::pipeline::test
