// Masks of CVAT: runs across the rows of a box become COCO's runs down the columns of the image.
#include <gtest/gtest.h>

#include "worker/dataset/formats/cvat/cvat.h"
#include "worker/dataset/model/rle.h"

namespace visionops::cvat {
namespace {

using annotations::Annotations;
using annotations::Object;

struct Read {
  bool kept = false;
  Annotations a;
  Object object;
  annotations::Findings findings;
};

Read read_mask(const std::string& rle, const std::string& box, std::int32_t width, std::int32_t height) {
  Read read;
  auto& image = read.a.images.emplace_back();
  image.width = width;
  image.height = height;
  const auto tree = annotations::read_xml_tree("<mask label=\"a\" rle=\"" + rle + "\" " + box + "/>");
  read.kept = read_geometry(*tree, read.a, read.object, "annotations.xml", read.findings);
  return read;
}

TEST(CvatMask, EveryPixelIsWhereItWas) {
  // .##
  // #..   at (2, 1) of an image of 6 x 4
  const auto read = read_mask("1, 3, 2", "left=\"2\" top=\"1\" width=\"3\" height=\"2\"", 6, 4);
  ASSERT_TRUE(read.kept);
  const auto runs = annotations::decode_rle(read.a.text_view(read.object.shape), 4, 6);
  ASSERT_TRUE(runs.ok());
  std::string picture;
  for (std::size_t i = 0; i < runs->size(); ++i)
    picture += std::string(static_cast<std::size_t>((*runs)[i]), i % 2 == 0 ? '.' : '#');
  EXPECT_EQ(picture,
            "........"
            "..#."
            ".#.."
            ".#.."
            "....");
  EXPECT_EQ(read.object.area, 3);
  EXPECT_EQ(read.object.box, (std::array<double, 4>{2, 1, 3, 2}));
}

TEST(CvatMask, WhatIsNoMaskLeavesItsBox) {
  for (const auto* rle : {"", "1", "7", "-1, 7", "x", "6, 1", "99999999999999999999"}) {
    const auto read = read_mask(rle, "left=\"2\" top=\"1\" width=\"3\" height=\"2\"", 6, 4);
    EXPECT_TRUE(read.kept) << rle;
    EXPECT_EQ(read.object.shape_kind, annotations::Shape::None) << rle;
    EXPECT_EQ(read.findings.count("BadRle"), 1) << rle;
  }
}

TEST(CvatMask, ABoxOfMoreThan64MiPixelsIsRefused) {
  const std::string all = std::to_string(std::int64_t{1} << 26);
  EXPECT_EQ(read_mask("0, " + all, "left=\"0\" top=\"0\" width=\"8192\" height=\"8192\"", 8192, 8193).findings.total(),
            0);
  const auto more = read_mask("0, " + all, "left=\"0\" top=\"0\" width=\"8192\" height=\"8193\"", 8192, 8193);
  ASSERT_EQ(more.findings.count("BadRle"), 1);
  EXPECT_NE(more.findings.first().front().message.find("too large"), std::string::npos);
}

}  // namespace
}  // namespace visionops::cvat
