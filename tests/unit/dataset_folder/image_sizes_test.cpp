#include "worker/dataset/image_sizes.h"

#include <gtest/gtest.h>

namespace visionops::dataset_folder {
namespace {

using annotations::Annotations;
using annotations::Findings;

/// One image of the annotated size with these boxes, held against a file of 64 x 48.
class ImageSizes : public testing::Test {
 protected:
  void settle(std::int32_t width, std::int32_t height, const std::vector<std::array<double, 4>>& boxes,
              std::int32_t orientation = 1) {
    a_ = Annotations();
    findings_ = Findings();
    a_.images.emplace_back();
    a_.images[0].path = "images/a.jpg";
    a_.images[0].width = width;
    a_.images[0].height = height;
    for (const auto& box : boxes) {
      a_.objects.emplace_back();
      a_.objects.back().box = box;
      a_.objects.back().has_box = true;
    }
    settle_sizes(a_, {{0, {.width = 64, .height = 48, .orientation = orientation}}}, findings_);
  }
  void expect(const std::string& kind, std::int32_t width, std::int32_t height, const std::string& words) const {
    EXPECT_EQ(findings_.total(), 1);
    ASSERT_EQ(findings_.count(kind), 1);
    EXPECT_NE(findings_.first()[0].message.find(words), std::string::npos) << findings_.first()[0].message;
    EXPECT_NE(findings_.first()[0].message.find("the file is 64 x 48"), std::string::npos);
    EXPECT_EQ(a_.images[0].width, width);
    EXPECT_EQ(a_.images[0].height, height);
  }
  Annotations a_;
  Findings findings_;
};

TEST_F(ImageSizes, TheRightSizeIsNoWord) {
  settle(64, 48, {{0, 0, 64, 48}});
  EXPECT_EQ(findings_.total(), 0);
  settle(0, 0, {{0, 0, 64, 48}});
  EXPECT_EQ(findings_.total(), 0);
}

TEST_F(ImageSizes, ExchangedSidesAreThoseOfTheFileWhenTheBoxesFit) {
  settle(48, 64, {{8, 6, 16, 12}});
  expect("WrongImageSize", 64, 48, "annotated as 48 x 64");
  settle(48, 64, {{8, 6, 16, 12}, {4, 30, 16, 30}});
  expect("UncertainBoxes", 48, 64, "nobody can say where its 2 boxes are");
}

TEST_F(ImageSizes, BoxesOfAPictureThatWasScaledStayInTheirSize) {
  settle(640, 480, {{80, 60, 160, 120}});
  expect("WrongImageSize", 640, 480, "the boxes stay in the annotated size");
  settle(32, 24, {{8, 6, 50, 40}});
  expect("WrongImageSize", 64, 48, "the size of the file is taken");
}

TEST_F(ImageSizes, AnotherShapeIsUncertainUnlessTheBoxesFitTheFileAlone) {
  settle(100, 100, {{8, 6, 16, 12}});
  expect("UncertainBoxes", 100, 100, "nobody can say");
  settle(32, 32, {{8, 6, 50, 12}});
  expect("WrongImageSize", 64, 48, "the size of the file is taken");
  settle(100, 100, {});
  expect("WrongImageSize", 64, 48, "the size of the file is taken");
}

TEST_F(ImageSizes, AMaskOfTheAnnotatedSizeSpeaksForIt) {
  settle(48, 64, {});
  a_.images[0].width = 48;
  a_.images[0].height = 64;
  a_.objects.emplace_back();
  a_.objects[0].has_box = true;
  a_.objects[0].box = {1, 1, 2, 2};
  a_.objects[0].shape_kind = annotations::Shape::RleCompressed;
  a_.objects[0].rle_size = {64, 48};
  findings_ = Findings();
  settle_sizes(a_, {{0, {.width = 64, .height = 48}}}, findings_);
  expect("UncertainBoxes", 48, 64, "nobody can say");
}

TEST_F(ImageSizes, AnOrientationIsNamedAndBothItsSizesAreRight) {
  for (const auto& [width, height] : {std::pair{64, 48}, std::pair{48, 64}}) {
    settle(width, height, {{8, 6, 16, 12}}, 6);
    EXPECT_EQ(findings_.total(), 1);
    EXPECT_EQ(findings_.count("ExifOrientation"), 1);
    EXPECT_EQ(a_.images[0].width, width);
  }
}

TEST_F(ImageSizes, BoxesThatDoNotFollowTheOrientationAreUncertain) {
  settle(48, 64, {{40, 6, 20, 12}}, 6);
  EXPECT_EQ(findings_.count("ExifOrientation"), 1);
  EXPECT_EQ(findings_.count("UncertainBoxes"), 1);
  settle(48, 64, {{40, 60, 20, 12}}, 6);
  EXPECT_EQ(findings_.count("UncertainBoxes"), 0) << "they fit neither: BoxOutsideImage is the reader's word for it";
}

}  // namespace
}  // namespace visionops::dataset_folder
