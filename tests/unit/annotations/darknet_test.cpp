#include <gtest/gtest.h>

#include "worker/dataset/formats/darknet/class_list.h"
#include "worker/dataset/formats/dota/dota_rows.h"

namespace visionops::dataset_folder {
namespace {

TEST(ClassList, OneNameALine) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(*read_class_list("\xef\xbb\xbf"
                             "car\r\n big bus \r\n\r\n"),
            (Names{"car", "big bus"}));
  EXPECT_EQ(*read_class_list("car\rbus"), (Names{"car", "bus"}));
  EXPECT_EQ(*read_class_list(std::string("\xff\xfe"
                                         "c\0a\0r\0\n\0",
                                         10)),
            Names{"car"});
  EXPECT_EQ(*read_class_list(""), Names{});
}

TEST(ClassList, WhatReadersCountDifferentlyIsRefused) {
  EXPECT_NE(read_class_list("car\n\nbus\n").error().message.find("line 2: is empty"), std::string::npos);
  EXPECT_NE(read_class_list("\xc6\xfb\xb3\xb5\n").error().message.find("not UTF-8"), std::string::npos);
}

TEST(ClassList, ItsLengthHasABound) {
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "n" + std::to_string(i) + "\n";
  EXPECT_TRUE(read_class_list(many).ok());
  EXPECT_NE(read_class_list(many + "one more\n").error().message.find("more than 100000"), std::string::npos);
}

TEST(DarknetOptions, KeysAndValues) {
  const auto options =
      read_darknet_options("# made by hand\nclasses= 2\ntrain  = data/train.txt\nnames=data/obj.names\nbackup = b\n");
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(options->classes, "2");
  EXPECT_EQ(options->train, "data/train.txt");
  EXPECT_EQ(options->names, "data/obj.names");
  EXPECT_EQ(options->valid, "");
  EXPECT_NE(read_darknet_options("classes 2\n").error().message.find("line 1"), std::string::npos);
  EXPECT_NE(read_darknet_options("names=a\nnames=b\n").error().message.find("line 2: the key stands twice"),
            std::string::npos);
}

}  // namespace
}  // namespace visionops::dataset_folder

namespace visionops::annotations {
namespace {

Annotations aerial_image() {
  Annotations a;
  a.images.resize(1);
  a.images[0].width = 100;
  a.images[0].height = 80;
  return a;
}

TEST(Dota, RowsAreOrientedBoxesAndHeadsStayWithTheImage) {
  auto a = aerial_image();
  Findings findings;
  read_dota_rows("imagesource:GoogleEarth\ngsd:0.146\n10 0 20 10 10 20 0 10 small-vehicle 1\n1 1 5 1 5 3 1 3 ship\n",
                 "labelTxt/a.txt", 0, a, findings);
  EXPECT_EQ(findings.total(), 0);
  EXPECT_EQ(a.images[0].extra, R"({"imagesource":"GoogleEarth","gsd":"0.146"})");
  ASSERT_EQ(a.objects.size(), 2U);
  EXPECT_EQ(a.objects[0].shape_kind, Shape::OrientedBox);
  EXPECT_EQ(a.objects[0].box, (std::array<double, 4>{0, 0, 20, 20}));
  EXPECT_DOUBLE_EQ(a.objects[0].area, 200);
  EXPECT_EQ(a.text_view(a.objects[0].attributes), R"({"difficult":1})");
  EXPECT_EQ(a.objects[1].attributes.size, 0U);
  ASSERT_EQ(a.categories.size(), 2U);
  EXPECT_EQ(a.categories[1].name, "ship");
}

TEST(Dota, RowsThatAreNoneAreNamed) {
  auto a = aerial_image();
  Findings findings;
  read_dota_rows("10 0 20 10 10 20 0 plane 1\nx 0 20 10 10 20 0 10 plane 1\n0 0 1 0 1 1 0 1 plane yes\n1 2 3\n",
                 "labelTxt/a.txt", 0, a, findings);
  EXPECT_EQ(findings.count("MalformedRow"), 4);
  EXPECT_TRUE(a.objects.empty());
  EXPECT_TRUE(a.categories.empty());
}

}  // namespace
}  // namespace visionops::annotations
