// The limits of the readers of COCO, each at it and beyond it.
#include <gtest/gtest.h>

#include "tests/unit/annotations/coco_text.h"
#include "worker/dataset/model/rle.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {
namespace {

using tests::annotation;
using tests::document;

/// The words of the refusal, or of the only finding; "" when there is nothing to say.
std::string said_of(const std::string& text) {
  Findings findings;
  const auto a = tests::read(text, findings);
  if (!a) return a.error().message;
  return findings.total() == 0 ? ""
                               : std::string(findings.first().front().kind) + ": " + findings.first().front().message;
}

/// `"k0":0,"k1":0,`
std::string keys(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  return text;
}

TEST(ReaderBounds, TheOutermostObjectHas1024Keys) {
  const std::string rest = document("").substr(1);  // three keys
  EXPECT_EQ(said_of("{" + keys(1'021) + rest), "");
  EXPECT_NE(said_of("{" + keys(1'022) + rest).find("more than 1024 keys"), std::string::npos);
}

TEST(ReaderBounds, AnElementHas256Keys) {
  const auto with = [](int count) {
    auto members = keys(count);
    members.pop_back();
    return said_of(document(annotation(R"("bbox":[1,2,3,4],)" + members)));  // four keys
  };
  EXPECT_EQ(with(252), "");
  EXPECT_EQ(with(253), "MalformedAnnotation: has more than 256 keys");
}

TEST(ReaderBounds, AnElementIsNested64LevelsDeep) {
  const auto nested = [](std::size_t levels) {
    const std::string value = std::string(levels - 1, '[') + std::string(levels - 1, ']');  // and the element itself
    return said_of(document(annotation(R"("bbox":[1,2,3,4],"more":)" + value)));
  };
  EXPECT_EQ(nested(kMaxDepth), "");
  EXPECT_NE(nested(kMaxDepth + 1).find("nested too deeply"), std::string::npos);
}

TEST(ReaderBounds, AnImageHasASideOf16MebiPixels) {
  const auto wide = [](int width) {
    return said_of(R"({"images":[{"id":7,"file_name":"a.jpg","width":)" + std::to_string(width) +
                   R"(,"height":80}],"categories":[],"annotations":[]})");
  };
  EXPECT_EQ(wide(1 << 24), "");
  EXPECT_NE(wide((1 << 24) + 1).find("OddMember"), std::string::npos);
}

TEST(ReaderBounds, AMaskOf64MebiPixelsIsTurned) {
  const auto turned = [](std::int64_t width) {  // of a picture of `width` x 8192; the mask lies on its side in row 3
    const auto w = std::to_string(width);
    const std::int64_t before = 3 * width + 5, pixels = width * 8'192;
    return said_of(R"({"images":[{"id":7,"file_name":"a.jpg","width":)" + w +
                   R"(,"height":8192}],"categories":[{"id":3,"name":"car"}],"annotations":[)" +
                   annotation(R"("bbox":[5,3,20,1],"segmentation":{"size":[)" + w + ",8192],\"counts\":[" +
                              std::to_string(before) + ",20," + std::to_string(pixels - before - 20) + "]}") +
                   "]}");
  };
  EXPECT_NE(turned(8'191).find("RepairedMask"), std::string::npos);
  EXPECT_NE(turned(8'193).find("BadRle"), std::string::npos);
}

TEST(ReaderBounds, AMaskHasATebiPixels) {
  const auto mask = [](std::int64_t width) {
    const std::int64_t height = std::int64_t{1} << 20;
    const auto w = std::to_string(width), h = std::to_string(height);
    return said_of(R"({"images":[{"id":7,"file_name":"a.jpg","width":)" + w + R"(,"height":)" + h +
                   R"(}],"categories":[{"id":3,"name":"car"}],"annotations":[)" +
                   annotation(R"("iscrowd":1,"bbox":[1,2,3,4],"segmentation":{"size":[)" + h + "," + w +
                              R"(],"counts":[)" + std::to_string(height * width) + "]}") +
                   "]}");
  };
  EXPECT_EQ(mask(kMaxMaskPixels >> 20), "");
  EXPECT_NE(mask((kMaxMaskPixels >> 20) + 1).find("BadRle"), std::string::npos);
}

}  // namespace
}  // namespace visionops::annotations
