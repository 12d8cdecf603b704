#include <gtest/gtest.h>

#include "tests/unit/annotations/coco_text.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {
namespace {

using tests::annotation;
using tests::canonical;
using tests::document;

/// write(read(x)) == x, and x has no findings.
void expect_identity(const std::string& text) {
  Findings findings;
  const auto a = tests::read(text, findings);
  ASSERT_TRUE(a.ok()) << a.error().message;
  EXPECT_EQ(findings.total(), 0) << findings.first().front().kind.name() << " " << findings.first().front().message;
  EXPECT_EQ(canonical(write_coco(*a)), canonical(text));
}

TEST(CocoRoundTrip, KeepsIdsGapsOrderAndExactNumbers) {
  expect_identity(R"({"categories":[{"id":90,"name":"b","supercategory":""},{"id":1,"name":"a","supercategory":"x"}],
    "images":[{"id":9007199254740993,"file_name":"x/y.jpg","width":640,"height":480},{"id":-4,"file_name":"b.png","width":1,"height":1}],
    "annotations":[{"id":9223372036854775807,"image_id":9007199254740993,"category_id":1,"bbox":[0.1,1e-7,473.07,395.4999999999],"area":702.1057499999998,"iscrowd":0},
                   {"id":5,"image_id":-4,"category_id":90,"bbox":[0,0,1,1.0],"area":1}]})");
}

TEST(CocoRoundTrip, KeepsUnknownKeysWhereverTheyStand) {
  expect_identity(
      R"({"info":{"year":2017,"x":[1,{"y":null}]},"licenses":[{"id":1,"name":"CC \"BY\" \u00e4\ud83d\ude00\n"}],"custom":3.25,
    "images":[{"id":1,"file_name":"a.jpg","width":10,"height":10,"license":1,"date_captured":"2013-11-14","deep":{"a":[true,false,null]}}],
    "categories":[{"id":1,"name":"p","keypoints":["nose","eye"],"skeleton":[[1,2]]}],
    "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,2,2],"area":4.0,"num_keypoints":1,"track":"t-1","score":0.5,"segmentation":null}]})");
}

TEST(CocoRoundTrip, KeepsEveryShapeOfSegmentation) {
  const std::string compressed = encode_rle(std::vector<std::int64_t>{10, 20, 5000, 2970});
  expect_identity(document(
      annotation(
          R"("segmentation":[[1,1,9.5,1,9,9],[20,20,30,20,30,30,20,30]],"area":3.5,"bbox":[1,1,29,29],"iscrowd":0)",
          1) +
      "," + annotation(R"("segmentation":[],"bbox":[1,1,2,2],"area":4)", 2) + "," +
      annotation(R"("segmentation":{"size":[80,100],"counts":[10,20,7970]},"iscrowd":1,"bbox":[0,0,5,5],"area":25)",
                 3) +
      "," +
      annotation(R"("segmentation":{"counts":)" + nlohmann::json(compressed).dump() +
                     R"(,"size":[80,100]},"bbox":[0,0,64,80],"area":2990,"iscrowd":0)",
                 4)));
}

TEST(CocoRoundTrip, KeepsAttributesKeypointsAndFlagsInTheirForm) {
  expect_identity(document(
      annotation(
          R"("attributes":{"occluded":false,"size":2.50,"tags":["a","b"]},"bbox":[1,1,2,2],"area":4,"iscrowd":0,"ignore":0)",
          1) +
      "," +
      annotation(R"("attributes":{},"keypoints":[1,2,2,0,0,0],"bbox":[1,1,2,2],"area":4,"iscrowd":1,"ignore":1)", 2) +
      "," +
      annotation(R"("attributes":null,"keypoints":[],"bbox":[1,1,2,2],"area":4,"iscrowd":true,"ignore":false)", 3)));
}

TEST(CocoRoundTrip, KeepsAbsentAndEmptySectionsApart) {
  expect_identity("{}");
  expect_identity(R"({"images":[],"annotations":[],"categories":[]})");
  expect_identity(R"({"images":[{"id":1,"file_name":"a.jpg"}],"categories":[]})");
  expect_identity(R"({"images":[{"id":1,"file_name":"a.jpg","width":0,"height":0}]})");
}

TEST(CocoRoundTrip, KeepsEscapedKeysAndNames) {
  expect_identity(R"({"im\u0061ges":[{"\u0069d":1,"file_name":"\u0430\/b.jpg","k\"ey":1}],"cat\\x":1})");
}

TEST(CocoReader, ReadsTheSameWhereverTheFileIsCut) {
  const std::string text =
      "\xef\xbb\xbf" + document(annotation(R"("bbox":[1,2,3,4],"note":"a \"quoted\\\" ] } text")") + "," +
                                annotation(R"("segmentation":[[1,1,9,1,9,9]])", 2));
  Findings findings;
  const auto whole = read_coco(text, "f", findings);
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    CocoReader reader("f", findings);
    for (std::size_t at = 0; at < text.size(); at += piece)
      ASSERT_TRUE(reader.feed(std::string_view(text).substr(at, piece)).ok());
    const auto a = reader.finish();
    ASSERT_TRUE(a.ok()) << piece << " " << a.error().message;
    ASSERT_EQ(write_coco(*a), write_coco(*whole)) << piece;
  }
}

TEST(CocoReader, ResolvesReferencesToSectionsThatComeLater) {
  Findings findings;
  const auto a = tests::read(R"({"annotations":[{"id":1,"image_id":2,"category_id":5,"bbox":[0,0,1,1]}],
    "categories":[{"id":4,"name":"x"},{"id":5,"name":"y"}],"images":[{"id":1,"file_name":"a"},{"id":2,"file_name":"b"}]})",
                             findings);
  ASSERT_TRUE(a.ok());
  EXPECT_EQ(a->images[a->objects[0].image].file_name, "b");
  EXPECT_EQ(a->categories[a->objects[0].category].name, "y");
}

TEST(CocoWriter, NumbersFromOneWhatDoesNotComeFromCoco) {
  Findings findings;
  auto a = *tests::read(document(annotation(R"("bbox":[1,2,3,4])", 44)), findings);
  a.source_format = Format("YOLO");
  const auto json = nlohmann::json::parse(write_coco(a));
  EXPECT_EQ(json["images"][0]["id"], 1);
  EXPECT_EQ(json["categories"][1]["id"], 2);
  EXPECT_EQ(json["annotations"][0]["id"], 1);
  EXPECT_EQ(json["annotations"][0]["image_id"], 1);
  EXPECT_EQ(json["annotations"][0]["category_id"], 1);
}

}  // namespace
}  // namespace visionops::annotations
