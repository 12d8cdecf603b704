#include "worker/dataset/formats/visdrone/visdrone.h"

#include <gtest/gtest.h>

#include "worker/dataset/formats/yolo/yolo.h"

namespace visionops::annotations::test {
namespace {

struct Read {
  Annotations a;
  Findings findings;
};

Read read(std::string_view text) {
  Read out;
  out.a.source_format = Format("VisDrone");
  out.a.categories = visdrone_categories();
  out.a.images.emplace_back();
  out.a.images.back().width = 1360;
  out.a.images.back().height = 765;
  read_visdrone_rows(text, "annotations/a.txt", 0, out.a, out.findings);
  return out;
}

std::string first_message(const Read& r) { return r.findings.first().empty() ? "" : r.findings.first()[0].message; }

const std::string& class_of(const Read& r, std::size_t object) {
  return r.a.categories[r.a.objects.at(object).category].name;
}

TEST(VisDrone, ReadsBoxesClassesAndAttributes) {
  const auto r = read("684,8,273,116,1,4,0,0\n406,119,265,70,1,1,1,2\n");
  ASSERT_EQ(r.a.objects.size(), 2U);
  EXPECT_EQ(r.findings.total(), 0);
  EXPECT_EQ(r.a.objects[0].box, (std::array<double, 4>{684, 8, 273, 116}));
  EXPECT_EQ(r.a.objects[0].area, 273 * 116);
  EXPECT_EQ(class_of(r, 0), "car");
  EXPECT_EQ(class_of(r, 1), "pedestrian");
  EXPECT_EQ(r.a.text_view(r.a.objects[1].attributes), R"({"occlusion":2,"score":1,"truncation":1})");
  EXPECT_FALSE(r.a.objects[0].ignore);
}

TEST(VisDrone, ClassesAreNumberedAsInUltralyticsWithTheTwoSpecialOnesBehind) {
  const auto categories = visdrone_categories();
  ASSERT_EQ(categories.size(), 12U);
  EXPECT_EQ(categories[0].name, "pedestrian");
  EXPECT_EQ(categories[9].name, "motor");
  EXPECT_EQ(categories[9].id, 10);
  EXPECT_EQ(categories[10].name, "others");
  EXPECT_EQ(categories[11].name, "ignored-regions");
  EXPECT_EQ(categories[11].id, 0);
}

TEST(VisDrone, WhatEvaluationIgnoresIsKeptWithAFlag) {
  const auto r = read("0,0,50,60,0,0,0,0\n10,10,20,30,0,4,0,1\n5,5,9,9,1,11,0,0\n");
  ASSERT_EQ(r.a.objects.size(), 3U);
  EXPECT_EQ(class_of(r, 0), "ignored-regions");
  EXPECT_TRUE(r.a.objects[0].ignore);
  EXPECT_EQ(class_of(r, 1), "car");
  EXPECT_TRUE(r.a.objects[1].ignore);
  EXPECT_EQ(class_of(r, 2), "others");
  EXPECT_FALSE(r.a.objects[2].ignore);
}

TEST(VisDrone, AcceptsWhatItsToolsWrite) {
  EXPECT_EQ(read("1,2,3,4,1,4,0,0,\r\n\r\n1,2,3,4,1,5,0,0, \n").a.objects.size(), 2U);
  EXPECT_EQ(read("\xef\xbb\xbf 1, 2, 3, 4, 1, 4, -1, -1").a.objects.size(), 1U);
  EXPECT_EQ(read("").findings.total(), 0);
}

TEST(VisDrone, RowsThatAreNotUnderstoodAreFindingsWithTheirLine) {
  const auto r = read(
      "1,2,3,4,1,4,0,0\n1,2,3,4,1,4,0\n1,2,x,4,1,4,0,0\n1,2,3,4,1,12,0,0\n1,2,3,4,0.93,4,-1,-1\n1,2,-3,4,1,4,0,0\n");
  EXPECT_EQ(r.a.objects.size(), 1U);
  EXPECT_EQ(r.findings.count("MalformedRow"), 5);
  ASSERT_EQ(r.findings.first().size(), 5U);
  EXPECT_EQ(r.findings.first()[0].position, "line 2");
  EXPECT_NE(first_message(r).find("has 7 values"), std::string::npos);
  EXPECT_EQ(r.findings.first()[1].message, "width \"x\" is not a number");
  EXPECT_EQ(r.findings.first()[2].message, "category is 12, out of range");
  EXPECT_EQ(r.findings.first()[3].message,
            "score is 0.93, out of range (0 or 1; detection results are no annotations)");
  EXPECT_EQ(r.findings.first()[4].message, "width is -3, out of range");
}

TEST(VisDrone, TheWayToYoloCountsWhatItLeavesOut) {
  const auto r = read("0,0,50,60,0,0,0,0\n10,10,20,30,0,4,0,1\n100,100,20,30,1,4,0,1\n");
  const auto loss = yolo_loss(r.a, {Task::Detection});
  std::int64_t ignored = 0, attributes = 0;
  for (const auto& entry : loss.entries) {
    if (entry.kind == LossKind::Ignore) ignored = entry.count;
    if (entry.kind == LossKind::Attributes) attributes = entry.count;
  }
  EXPECT_EQ(ignored, 2);
  EXPECT_EQ(attributes, 3);
  const std::vector<std::uint32_t> objects{0, 1, 2};
  EXPECT_EQ(write_yolo_labels(r.a, objects, YoloRows::Boxes).substr(0, 2), "3 ");
}

TEST(VisDrone, TheFileOfAnImageStandsInTheFolderAnnotations) {
  EXPECT_EQ(visdrone_annotation_path("images/0000001_02999_d_0000005.jpg"), "annotations/0000001_02999_d_0000005.txt");
  EXPECT_EQ(visdrone_annotation_path("VisDrone2019-DET-val/images/a.b.jpg"),
            "VisDrone2019-DET-val/annotations/a.b.txt");
}

}  // namespace
}  // namespace visionops::annotations::test
