#include "worker/dataset/formats/yolo/yolo.h"

#include "worker/dataset/formats/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <sstream>

namespace visionops::annotations {
namespace {

Annotations one_image(std::int32_t width = 200, std::int32_t height = 100) {
  Annotations a;
  for (const char* name : {"car", "bus"}) {
    a.categories.emplace_back();
    a.categories.back().name = name;
  }
  a.images.emplace_back();
  a.images[0].file_name = "a.jpg";
  a.images[0].width = width;
  a.images[0].height = height;
  return a;
}

void add_box(Annotations& a, std::array<double, 4> box) {
  a.objects.emplace_back();
  a.objects.back().id = static_cast<std::int64_t>(a.objects.size());
  a.objects.back().box = box;
  a.objects.back().has_box = true;
}

void add_polygons(Annotations& a, const std::vector<std::vector<double>>& parts) {
  add_box(a, {10, 10, 50, 50});
  std::vector<Slice> rings;
  for (const auto& part : parts) rings.push_back(a.add_numbers(part));
  a.objects.back().shape = a.add_rings(rings);
  a.objects.back().shape_kind = Shape::Polygons;
}

std::string write_all(const Annotations& a, YoloRows rows) {
  std::vector<std::uint32_t> all(a.objects.size());
  std::iota(all.begin(), all.end(), 0U);
  return write_yolo_labels(a, all, rows);
}

std::int64_t loss(const Annotations& a, LossKind kind, Task task = Task::Detection) {
  for (const auto& entry : yolo_loss(a, {task}).entries) {
    if (entry.kind == kind) return entry.count;
  }
  return 0;
}

TEST(YoloReader, ReadsBoxRowsAndPolygonRows) {
  auto a = one_image();
  Findings findings;
  read_yolo_labels(
      "\xef\xbb\xbf"
      "1 0.5 0.5 0.25 0.5\r\n\r\n0\t0 0  0.5 0 0.5 1\r 0 1 1 0 0 ",
      "labels/a.txt", 0, a, findings);
  EXPECT_EQ(findings.count("MalformedRow"), 0);
  ASSERT_EQ(a.objects.size(), 3U);
  EXPECT_EQ(a.objects[0].category, 1U);
  EXPECT_EQ(a.objects[0].box, (std::array<double, 4>{75, 25, 50, 50}));
  EXPECT_EQ(a.objects[1].shape_kind, Shape::Polygons);
  EXPECT_EQ(a.objects[1].box, (std::array<double, 4>{0, 0, 100, 100}));
  EXPECT_DOUBLE_EQ(a.objects[1].area, 5000);
  EXPECT_EQ(findings.count("ZeroSizeBox"), 1);
}

TEST(YoloReader, LeavesOutBadRowsWithFileAndLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"0,0.5,0.5,0.1,0.1", "commas"},
      {"car 0.5 0.5 0.1 0.1", "\"car\" is not a class index"},
      {"2 0.5 0.5 0.1 0.1", "class 2 does not exist, there are 2 classes"},
      {"-1 0.5 0.5 0.1 0.1", "does not exist"},
      {"1.5 0.5 0.5 0.1 0.1", "not a class index"},
      {"0 0.5 0.5 0.1", "has 4 values"},
      {"0 0.5 0.5 0.1 0.1 0.9", "has 6 values"},
      {"0 0 0 1 0 1 1 0", "has 8 values"},
      {"0 nan 0.5 0.1 0.1", "not a finite number"},
      {"0 0.5 inf 0.1 0.1", "not a finite number"},
      {"0 0.5 0.5 1e999 0.1", "not a finite number"},
      {"0 0.5 0.5 0.1x 0.1", "not a finite number"},
      {"0 320 240 50 50", "relative to the image size"},
      {"0 0.5 0.5 -0.005 0.1", "negative"},
  };
  for (const auto& [row, message] : cases) {
    auto a = one_image();
    Findings findings;
    read_yolo_labels("0 0.5 0.5 0.1 0.1\n" + std::string(row) + "\n0 0.4 0.4 0.1 0.1\n", "labels/a.txt", 0, a,
                     findings);
    EXPECT_EQ(a.objects.size(), 2U) << row;
    ASSERT_EQ(findings.total(), 1) << row;
    const auto& finding = findings.first().front();
    EXPECT_EQ(finding.kind, "MalformedRow");
    EXPECT_EQ(finding.file, "labels/a.txt");
    EXPECT_EQ(finding.position, "line 2");
    EXPECT_NE(finding.message.find(message), std::string::npos) << finding.message;
  }
}

std::string as_utf16(std::string_view ascii, bool mark, bool big_endian) {
  std::string out = !mark ? "" : big_endian ? "\xfe\xff" : "\xff\xfe";
  for (const char c : ascii) out += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return out;
}

TEST(YoloReader, ReadsUtf16AndSaysSo) {
  for (const bool mark : {false, true}) {
    for (const bool big_endian : {false, true}) {
      auto a = one_image();
      Findings findings;
      read_yolo_labels(as_utf16("1 0.5 0.5 0.25 0.5\r\n0 0.5 0.5 0.5 0.5\r\n", mark, big_endian), "labels/a.txt", 0, a,
                       findings);
      ASSERT_EQ(a.objects.size(), 2U);
      EXPECT_EQ(a.objects[0].box, (std::array<double, 4>{75, 25, 50, 50}));
      EXPECT_EQ(findings.total(), 1);
      EXPECT_EQ(findings.count("ForeignEncoding"), 1);
    }
  }
}

TEST(YoloReader, DamagedUtf16IsALabelFileThatIsLost) {
  for (const std::string& damage : {std::string("\0", 1), std::string("\x3d\xd8", 2)}) {  // half a unit, half a pair
    auto a = one_image();
    Findings findings;
    read_yolo_labels(as_utf16("0 0.5 0.5 0.5 0.5", true, false) + damage, "labels/a.txt", 0, a, findings);
    EXPECT_TRUE(a.objects.empty());
    EXPECT_EQ(findings.count("UnreadableLabelFile"), 1);
  }
}

TEST(YoloWriter, RowsReadBackAsTheSameRows) {
  const std::string text = "0 0.123456789 0.5 0.1 0.25\n1 0.333333333 0.999 0.0123 0.001\n";
  auto a = one_image(1917, 1081);
  Findings findings;
  read_yolo_labels(text, "f", 0, a, findings);
  EXPECT_EQ(write_all(a, YoloRows::Boxes), text);
  const std::string polygon = "1 0.1 0.2 0.333333333 0.25 0.9 0.999999999\n";
  auto b = one_image(1917, 1081);
  read_yolo_labels(polygon, "f", 0, b, findings);
  EXPECT_EQ(write_all(b, YoloRows::Polygons), polygon);
}

TEST(YoloWriter, KeepsAMillionthOfAPixelAtEightThousandPixels) {
  auto a = one_image(8000, 8000);
  add_box(a, {1234.567891, 4321.123456, 0.001, 7.5});
  auto b = one_image(8000, 8000);
  Findings findings;
  read_yolo_labels(write_all(a, YoloRows::Boxes), "f", 0, b, findings);
  ASSERT_EQ(b.objects.size(), 1U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a.objects[0].box[i], b.objects[0].box[i], 1e-5);
}

TEST(YoloWriter, ClipsBoxesToTheFrameAndDropsWhatIsOutside) {
  auto a = one_image();
  add_box(a, {-20, 10, 40, 20});  // cut
  add_box(a, {300, 10, 40, 20});  // outside
  add_box(a, {10, 10, 0, 20});    // no area
  add_box(a, {199.5, 0, 1, 10});  // half a pixel over
  a.objects.emplace_back();       // neither box nor mask
  EXPECT_EQ(write_all(a, YoloRows::Boxes), "0 0.05 0.2 0.1 0.2\n0 0.99875 0.05 0.0025 0.1\n");
  EXPECT_EQ(loss(a, LossKind::Boxes), 4);
  EXPECT_EQ(loss(a, LossKind::Precision), 1);
}

TEST(YoloWriter, CrowdAndIgnoreRegionsAreDropped) {
  auto a = one_image();
  add_box(a, {0, 0, 10, 10});
  add_box(a, {0, 0, 20, 20});
  a.objects[0].crowd = true;
  a.objects[1].ignore = true;
  EXPECT_EQ(write_all(a, YoloRows::Boxes), "");
  EXPECT_EQ(loss(a, LossKind::Crowd), 1);
  EXPECT_EQ(loss(a, LossKind::Ignore), 1);
}

TEST(YoloWriter, PartsOfOneObjectBecomeOneRingOverABridge) {
  auto a = one_image(100, 100);
  add_polygons(a, {{0, 0, 10, 0, 10, 10, 0, 10}, {20, 0, 30, 0, 30, 10, 20, 10}});
  EXPECT_EQ(write_all(a, YoloRows::Polygons), "0 0 0 0.1 0 0.2 0 0.3 0 0.3 0.1 0.2 0.1 0.2 0 0.1 0 0.1 0.1 0 0.1\n");
  EXPECT_EQ(loss(a, LossKind::MultiPart, Task::Segmentation), 1);
  EXPECT_EQ(loss(a, LossKind::Masks, Task::Segmentation), 0);
  EXPECT_EQ(loss(a, LossKind::Masks, Task::Detection), 1);
}

TEST(YoloWriter, ABoxIsNotAMask) {
  auto a = one_image(100, 100);
  add_box(a, {10, 20, 30, 40});
  add_box(a, {10, 20, 30, 40});
  a.objects[1].shape_kind = Shape::Polygons;  // "segmentation": []
  add_box(a, {10, 20, 30, 40});
  a.objects[2].shape = a.add_numbers(std::array<double, 8>{10, 20, 40, 20, 40, 60, 10, 60});
  a.objects[2].shape_kind = Shape::OrientedBox;
  EXPECT_EQ(write_all(a, YoloRows::Polygons), "");
  EXPECT_EQ(loss(a, LossKind::Objects, Task::Segmentation), 3);
  EXPECT_EQ(write_all(a, YoloRows::Boxes), "0 0.25 0.4 0.3 0.4\n0 0.25 0.4 0.3 0.4\n0 0.25 0.4 0.3 0.4\n");
  EXPECT_EQ(loss(a, LossKind::Objects), 0);
  EXPECT_EQ(loss(a, LossKind::Masks), 1) << "the angle of the oriented box";
}

TEST(YoloWriter, ImagesThatUltralyticsDoesNotSeeAreALoss) {
  for (const auto& [name, seen] :
       {std::pair("a.jpg", true), {"a.TIFF", true}, {"a", false}, {"a.GIF", false}, {"a.b", false}, {".png", true}}) {
    auto a = one_image();
    a.images[0].file_name = name;
    add_box(a, {0, 0, 10, 10});
    EXPECT_EQ(loss(a, LossKind::Images), seen ? 0 : 1) << name;
    EXPECT_EQ(loss(a, LossKind::Objects), seen ? 0 : 1) << name;
    EXPECT_EQ(write_all(a, YoloRows::Boxes).empty(), !seen) << name;
  }
}

TEST(Loss, EveryKindIsCountedWithExamplesAndCocoLosesNothing) {
  auto a = one_image();
  for (int i = 0; i < 8; ++i) add_polygons(a, {{0, 0, 10, 0, 10, 10}});
  a.objects[0].attributes = a.add_text(R"({"occluded":true})");
  a.objects[1].attributes = a.add_text("{}");
  a.objects[2].keypoints = a.add_numbers(std::array<double, 3>{1, 2, 2});
  a.objects[3].extra = a.add_text(R"({"score":1})");
  a.extra = R"({"info":{}})";
  a.images[0].extra = R"({"license":1})";
  a.categories[0].supercategory = "vehicle";
  EXPECT_EQ(loss(a, LossKind::Masks), 8);
  EXPECT_EQ(loss(a, LossKind::Attributes), 1);
  EXPECT_EQ(loss(a, LossKind::Keypoints), 1);
  EXPECT_EQ(loss(a, LossKind::UnknownKeys), 4);
  const auto report = yolo_loss(a, {Task::Detection});
  EXPECT_EQ(report.entries.front().examples.size(), 8U);
  EXPECT_EQ(report.entries.front().examples.front(), "annotation 1 of a.jpg: polygon mask of 3 points");
  EXPECT_TRUE(formats::writer_of(Format("COCO"))->loss(a, std::vector{Task::Detection}).entries.empty());
}

TEST(Loss, OnlyNamedKindsAreAllowedAndUnknownKeysNeverStop) {
  LossReport report;
  for (const auto kind : {LossKind::Masks, LossKind::Crowd, LossKind::Precision, LossKind::UnknownKeys})
    report.entries.push_back({kind, 1, {}});
  const auto refused = not_allowed(report, {LossKind::Masks});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused.front().kind, LossKind::Crowd);
  EXPECT_TRUE(not_allowed(report, {LossKind::All}).empty());
  EXPECT_EQ(not_allowed(report, {}).size(), 2U);
}

TEST(YoloLabelPath, ReplacesTheLastImagesFolderAndTheSuffix) {
  EXPECT_EQ(yolo_label_path("images/a.jpg"), "labels/a.txt");
  EXPECT_EQ(yolo_label_path("train/images/b.c.png"), "train/labels/b.c.txt");
  EXPECT_EQ(yolo_label_path("images/x/images/a.jpg"), "images/x/labels/a.txt");
  EXPECT_EQ(yolo_label_path("myimages/a.jpg"), "myimages/a.txt");
  EXPECT_EQ(yolo_label_path("images/no-suffix"), "labels/no-suffix.txt");
}

}  // namespace
}  // namespace visionops::annotations
