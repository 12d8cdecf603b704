#include <gtest/gtest.h>

#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/rle.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {
namespace {

Annotations three_images() {
  Annotations a;
  a.categories.resize(1);
  a.images.resize(3);
  for (const std::uint32_t image : {2U, 0U, 2U, 2U}) {
    a.objects.emplace_back();
    a.objects.back().image = image;
    a.objects.back().id = static_cast<std::int64_t>(a.objects.size());
  }
  return a;
}

TEST(Annotations, GroupsObjectsByImageInSourceOrder) {
  const auto a = three_images();
  const auto groups = group_by_image(a);
  EXPECT_EQ(groups.of(0).size(), 1U);
  EXPECT_TRUE(groups.of(1).empty());
  ASSERT_EQ(groups.of(2).size(), 3U);
  EXPECT_EQ(groups.of(2)[0], 0U);
  EXPECT_EQ(groups.of(2)[2], 3U);
}

TEST(Annotations, RetainDropsObjectsWithTheirImageAndRewritesIndexes) {
  auto a = three_images();
  a.images[2].id = 22;
  retain(a, {false, true, true}, {true, true, false, true});
  ASSERT_EQ(a.images.size(), 2U);
  ASSERT_EQ(a.objects.size(), 2U);
  EXPECT_EQ(a.objects[0].id, 1);
  EXPECT_EQ(a.objects[1].id, 4);
  EXPECT_EQ(a.images[a.objects[1].image].id, 22);
}

TEST(Findings, MergeAddsCountsAndKeepsTheListBounded) {
  Findings one(2), two(2);
  for (int i = 0; i < 2; ++i) one.add({"BadRle", "f", std::to_string(i), ""});
  for (int i = 0; i < 5; ++i)
    two.add({i % 2 == 0 ? FindingKind("BadPolygon") : FindingKind("BadRle"), "g", std::to_string(i), ""});
  one.merge(two);
  EXPECT_EQ(one.total(), 7);
  EXPECT_EQ(one.count("BadPolygon"), 3);
  EXPECT_EQ(one.count("BadRle"), 4);
  EXPECT_EQ(one.count("MissingImage"), 0);
  EXPECT_EQ(one.first().size(), 4U);
  EXPECT_EQ(one.counts().front().first, "BadPolygon");
}

TEST(Rle, EncodesAndDecodesEveryRunOfABigMask) {
  const std::vector<std::int64_t> runs{0, 1, 31, 32, 1000, 5, 1 << 20, 17, 3, 1LL << 33, 12};
  std::int64_t sum = 0;
  for (const auto run : runs) sum += run;
  const auto back = decode_rle(encode_rle(runs), sum, 1);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, runs);
  EXPECT_EQ(rle_area(runs), 1 + 32 + 5 + 17 + (1LL << 33));
}

TEST(Rle, ReadsAndWritesWhatPycocotoolsWrites) {
  // pycocotools.mask.encode of 3 rows x 4 columns with ones at rows 1..2 of columns 1..2
  const std::vector<std::int64_t> runs{4, 2, 1, 2, 3};
  const auto read = decode_rle("42102", 3, 4);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, runs);
  EXPECT_EQ(encode_rle(runs), "42102");
  EXPECT_EQ(encode_rle(std::vector<std::int64_t>{10, 20, 5000, 2970}), ":d0Xl4Vl2");
}

TEST(JsonNumber, IsTheShortestTextThatReadsBackEqual) {
  for (const auto& [value, text] : {std::pair{1.0, "1"}, std::pair{0.1, "0.1"}, std::pair{473.07, "473.07"},
                                    std::pair{1e-7, "1e-07"}, std::pair{-0.5, "-0.5"}, std::pair{1e22, "1e+22"}}) {
    std::string out;
    append_json_number(out, value);
    EXPECT_EQ(out, text);
  }
}

TEST(JsonFault, AcceptsExactlyWhatRfc8259Accepts) {
  for (const char* good : {"1", "-0.5e+10", " [ ] ", "{}", "[1,{\"a\":[null,true]}]", "\"\\u00e4\\ud83d\\ude00\\/\"",
                           "\"\xc3\xa4\"", "0", "1e-400"}) {
    EXPECT_FALSE(find_json_fault(good)) << good;
  }
  for (const char* bad : {"",
                          " ",
                          "01",
                          "1.",
                          ".5",
                          "+1",
                          "1e",
                          "-",
                          "NaN",
                          "Infinity",
                          "tru",
                          "[1,]",
                          "{\"a\":1,}",
                          "{a:1}",
                          "[1 2]",
                          "\"\\x\"",
                          "\"\\ud800\"",
                          "\"\\udc00\"",
                          "\"\\ud800\\u0041\"",
                          "\"a",
                          "[",
                          "]",
                          "{\"a\"}",
                          "1 2",
                          "\"\x01\"",
                          "\"\xff\"",
                          "\"\xc3\"",
                          "1e999",
                          "'a'"}) {
    EXPECT_TRUE(find_json_fault(bad)) << bad;
  }
}

}  // namespace
}  // namespace visionops::annotations
