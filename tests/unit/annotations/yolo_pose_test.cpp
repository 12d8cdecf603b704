// Rows that are more than a box: what data.yaml says of them decides what they are.
#include <gtest/gtest.h>

#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/yolo.h"

namespace visionops::annotations {
namespace {

struct Read {
  Annotations a;
  Findings findings;
  LongYoloRows seen;
  std::vector<double> keypoints(std::size_t object = 0) const {
    const auto span = a.number_span(a.objects.at(object).keypoints);
    return {span.begin(), span.end()};
  }
  std::string message() const { return findings.first().empty() ? "" : findings.first().front().message; }
};

Read read(const std::string& text, const YoloRowRules& rules = {}) {
  Read r;
  r.a.categories.resize(2);
  r.a.images.resize(1);
  r.a.images[0].width = 200;
  r.a.images[0].height = 100;
  read_yolo_labels(text, "labels/a.txt", 0, r.a, r.findings, rules, &r.seen);
  return r;
}

YoloRowRules pose(std::size_t keypoints, std::size_t values) {
  YoloRowRules rules;
  rules.keypoints = KeypointShape{keypoints, values};
  return rules;
}

TEST(YoloPose, KeypointsWithVisibilityStayBesideTheirBox) {
  const auto r = read("1 0.5 0.5 0.25 0.5 0.4 0.4 1 0.6 0.3 0 0.5 0.25 2\n", pose(3, 3));
  ASSERT_EQ(r.findings.total(), 0) << r.message();
  EXPECT_EQ(r.a.objects[0].box, (std::array<double, 4>{75, 25, 50, 50}));
  EXPECT_EQ(r.a.objects[0].shape_kind, Shape::None);
  EXPECT_EQ(r.a.objects[0].category, 1U);
  EXPECT_EQ(r.keypoints(), (std::vector<double>{80, 40, 1, 0, 0, 0, 100, 25, 2}));
}

TEST(YoloPose, WithoutVisibilityAPointIsLabelledWhenItIsSomewhere) {
  const auto r = read("0 0.5 0.5 0.25 0.5 0.5 0.25 0 0 0 0.25 -0.005 0.5\n", pose(4, 2));
  ASSERT_EQ(r.findings.total(), 0) << r.message();
  EXPECT_EQ(r.keypoints(), (std::vector<double>{100, 25, 2, 0, 0, 0, 0, 25, 2, 0, 0, 0}));
}

TEST(YoloPose, ARowOfAnotherLengthIsNamedWithTheShape) {
  for (const char* row : {"0 0.5 0.5 0.25 0.5", "0 0.5 0.5 0.25 0.5 0.4 0.4 1", "0 0.1 0.1 0.2 0.1 0.2 0.2"}) {
    const auto r = read(row, pose(2, 3));
    EXPECT_TRUE(r.a.objects.empty()) << row;
    EXPECT_EQ(r.findings.count("MalformedRow"), 1);
    EXPECT_NE(r.message().find("expected 11: class, box and keypoints, as kpt_shape [2, 3] says"), std::string::npos);
  }
}

TEST(YoloPose, AVisibilityIsZeroOneOrTwo) {
  EXPECT_NE(read("0 0.5 0.5 0.25 0.5 0.4 0.4 0.93", pose(1, 3)).message().find("visibility \"0.93\""),
            std::string::npos);
  EXPECT_NE(read("0 0.5 0.5 0.25 0.5 1.4 0.4 2", pose(1, 3)).message().find("out of range"), std::string::npos);
}

TEST(YoloPose, WithoutAShapeARowThatReadsAsKeypointsIsNoPolygon) {
  std::string person = "0 0.5 0.5 0.25 0.5";
  for (int i = 0; i < 17; ++i) person += " 0.45 0.55 2";
  for (const std::string& row :
       {person, std::string("0 0.5 0.5 0.25 0.5 0.4 0.4 1 0.6 0.4 0"), std::string("0 0.5 0.5 0.25 0.5 0.4 0.4 1")}) {
    const auto r = read(row);
    EXPECT_TRUE(r.a.objects.empty()) << row;
    EXPECT_NE(r.message().find("data.yaml has no kpt_shape: ["), std::string::npos) << r.message();
  }
  const auto polygon = read("0 0.5 0.5 0.25 0.5 0.4 0.4 1 0.6 0.4 0.1");
  EXPECT_EQ(polygon.a.objects.at(0).shape_kind, Shape::Polygons);
}

TEST(YoloPose, WhatIsSaidToBePolygonsIsPolygons) {
  YoloRowRules rules;
  rules.long_rows = LongRows::Polygons;
  const auto r = read("0 0.5 0.5 0.25 0.5 0.4 0.4 1 0.6 0.4 0", rules);
  EXPECT_EQ(r.a.objects.at(0).shape_kind, Shape::Polygons);
  EXPECT_EQ(r.seen.rows, 0);
}

TEST(YoloOriented, NineValuesAreAnOrientedBoxWhenDataYamlSaysSo) {
  const std::string row = "0 0.5 0.2 0.7 0.5 0.5 0.8 0.3 0.5\n1 0.5 0.5 0.1 0.1\n0 0.1 0.1 0.2 0.1 0.2 0.2\n";
  YoloRowRules rules;
  rules.long_rows = LongRows::OrientedBoxes;
  const auto r = read(row, rules);
  ASSERT_EQ(r.a.objects.size(), 2U);
  EXPECT_EQ(r.a.objects[0].shape_kind, Shape::OrientedBox);
  EXPECT_EQ(r.a.objects[0].shape.size, 8U);
  EXPECT_EQ(r.a.objects[0].box, (std::array<double, 4>{60, 20, 80, 60}));
  EXPECT_DOUBLE_EQ(r.a.objects[0].area, 2400);
  EXPECT_EQ(r.a.objects[1].shape_kind, Shape::None);
  EXPECT_NE(r.message().find("has 7 values, expected 5 (box) or 9 (oriented box)"), std::string::npos);
  EXPECT_EQ(read(row).a.objects[0].shape_kind, Shape::Polygons);
}

TEST(YoloRows, EquallyLongRowsAreCounted) {
  const auto same = read("0 0.5 0.5 0.4 0.4 0.4 0.4 0.6 0.6\n0 0.5 0.5 0.4 0.4 0.5 0.4 0 0\n1 0.5 0.5 0.1 0.1\n");
  EXPECT_EQ(same.seen.rows, 2);
  EXPECT_EQ(same.seen.values, 9U);
  EXPECT_TRUE(same.seen.equally_long && same.seen.could_be_keypoints);
  const auto far = read("0 0.5 0.5 0.4 0.4 0.1 0.4 0.6 0.6\n");
  EXPECT_FALSE(far.seen.could_be_keypoints);
  EXPECT_FALSE(read("0 0 0 0.5 0 0.5 0.5\n0 0 0 0.5 0 0.5 0.5 0.2 0.2\n").seen.equally_long);
}

TEST(PoseKeys, ShapeNamesAndMirrorAreRead) {
  const auto yaml = dataset_folder::read_data_yaml(
      "names: [cat, dog]\nkpt_shape: [2, 3]\nflip_idx: [1, 0]\nkpt_names: {1: [left, \"ri\\\"ght\"]}\n");
  ASSERT_TRUE(yaml.ok()) << yaml.error().message;
  ASSERT_TRUE(yaml->pose);
  EXPECT_EQ(yaml->pose->shape.keypoints, 2U);
  EXPECT_EQ(yaml->pose->shape.values, 3U);
  EXPECT_EQ(dataset_folder::pose_category_keys(*yaml->pose, 0), R"({"flip_idx":[1,0]})");
  EXPECT_EQ(dataset_folder::pose_category_keys(*yaml->pose, 1), R"({"flip_idx":[1,0],"keypoints":["left","ri\"ght"]})");
}

TEST(PoseKeys, WhatCannotBeMeantIsRefusedByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"kpt_shape: 17", "kpt_shape: expected"},
      {"kpt_shape: [17]", "kpt_shape: expected"},
      {"kpt_shape: [0, 3]", "kpt_shape: expected"},
      {"kpt_shape: [17, 4]", "kpt_shape: expected"},
      {"kpt_shape: [-1, 2]", "kpt_shape: expected"},
      {"kpt_shape: [99999999, 2]", "kpt_shape: expected"},
      {"kpt_shape: [2, 2]\nflip_idx: [0]", "flip_idx: expected 2"},
      {"kpt_shape: [2, 2]\nflip_idx: [0, 2]", "flip_idx: expected 2"},
      {"kpt_shape: [2, 2]\nkpt_names: {0: [a]}", "kpt_names.0: expected 2"},
      {"task: pose", "kpt_shape: is required"},
  };
  for (const auto& [lines, message] : cases) {
    const auto yaml = dataset_folder::read_data_yaml("names: [car]\n" + std::string(lines) + "\n");
    ASSERT_FALSE(yaml.ok()) << lines;
    EXPECT_NE(yaml.error().message.find(message), std::string::npos) << yaml.error().message;
  }
  EXPECT_FALSE(dataset_folder::read_data_yaml("names: [car]\nkpt_shape:\n")->pose);
}

}  // namespace
}  // namespace visionops::annotations
