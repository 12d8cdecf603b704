#include "worker/pipeline/plan/destination_names.h"

#include <gtest/gtest.h>

#include <set>

#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/yolo/yolo.h"

namespace visionops::pipeline {
namespace {

std::vector<std::string> paths(const std::vector<std::string>& names, Format format = Format("COCO")) {
  std::vector<std::string> out;
  for (const auto& destination : destination_names(names, formats::writer_of(format)->image_file))
    out.push_back(destination.path);
  return out;
}

TEST(DestinationNames, KeepsSafeUniqueNamesWithTheirFolders) {
  EXPECT_EQ(paths({"a.jpg", "sub/b.jpg", "images/c.jpg"}),
            (std::vector<std::string>{"images/a.jpg", "images/sub/b.jpg", "images/c.jpg"}));
  for (const auto& d : destination_names({"a.jpg", "sub/b.jpg", "images/c.jpg"}, nullptr)) EXPECT_EQ(d.reason, "");
}

TEST(DestinationNames, NumbersLaterClaimantsAndSaysWhoOwnsTheName) {
  const auto d = destination_names({"a.jpg", "a.jpg", "a.jpg"}, nullptr);
  EXPECT_EQ(d[1].path, "images/a-2.jpg");
  EXPECT_EQ(d[2].path, "images/a-3.jpg");
  EXPECT_EQ(d[1].reason, "the name belongs to images/a.jpg");
}

TEST(DestinationNames, NeverTakesANameThatSomebodyElseWants) {
  EXPECT_EQ(paths({"a.jpg", "a.jpg", "a-2.jpg"}),
            (std::vector<std::string>{"images/a.jpg", "images/a-3.jpg", "images/a-2.jpg"}));
}

TEST(DestinationNames, NamesThatDifferOnlyInCaseCollide) {
  EXPECT_EQ(paths({"A.JPG", "a.jpg"}), (std::vector<std::string>{"images/A.JPG", "images/a-2.jpg"}));
}

TEST(DestinationNames, ForYoloNamesThatShareALabelFileCollide) {
  EXPECT_EQ(paths({"a.jpg", "a.png"}, Format("COCO")), (std::vector<std::string>{"images/a.jpg", "images/a.png"}));
  const auto yolo = paths({"a.jpg", "a.png", "A.bmp"}, Format("YOLO"));
  std::set<std::string> labels;
  for (const auto& path : yolo) labels.insert(annotations::yolo_label_path(path));
  EXPECT_EQ(labels.size(), 3U);
  EXPECT_EQ(yolo[1], "images/a-2.png");
}

TEST(DestinationNames, AFileNeverTakesTheNameOfAFolder) {
  const auto p = paths({"a.jpg/x.jpg", "a.jpg", "b.jpg", "b.jpg/y.jpg"});
  EXPECT_EQ(p[0], "images/a.jpg/x.jpg");
  EXPECT_EQ(p[1], "images/a-2.jpg");
  EXPECT_EQ(p[2], "images/b.jpg");
  EXPECT_EQ(p[3].find("images/b.jpg/"), std::string::npos) << p[3];
}

TEST(SafeDestination, TakesAwayWhatLeadsOutOfTheFolder) {
  EXPECT_EQ(safe_destination("../../etc/passwd"), "images/etc/passwd");
  EXPECT_EQ(safe_destination("/etc/passwd"), "images/etc/passwd");
  EXPECT_EQ(safe_destination("a/./b//c.jpg"), "images/a/b/c.jpg");
  EXPECT_EQ(safe_destination("..\\evil.jpg"), "images/.._evil.jpg");
  EXPECT_EQ(safe_destination(std::string("nul\0byte.jpg", 12)), "images/nul_byte.jpg");
  EXPECT_EQ(safe_destination("tab\there.jpg"), "images/tab_here.jpg");
  EXPECT_EQ(safe_destination(""), "images/image");
  EXPECT_EQ(safe_destination("../.."), "images/image");
}

TEST(SafeDestination, KeepsUnicodeAndReplacesBrokenBytes) {
  EXPECT_EQ(safe_destination("거리 사진 \xF0\x9F\x9A\x97.jpg"), "images/거리 사진 \xF0\x9F\x9A\x97.jpg");
  EXPECT_EQ(safe_destination("caf\xE9.jpg"), "images/caf_.jpg");
  EXPECT_EQ(safe_destination("\xC0\xAF.jpg"), "images/__.jpg");       // overlong '/'
  EXPECT_EQ(safe_destination("\xED\xA0\x80.jpg"), "images/___.jpg");  // surrogate
}

TEST(SafeDestination, ShortensLongNamesAndKeepsThemDifferent) {
  const std::string stem(300, 'x');
  const auto one = safe_destination(stem + "1.jpg");
  const auto two = safe_destination(stem + "2.jpg");
  EXPECT_NE(one, two);
  EXPECT_LE(one.size(), 7U + 255U);
  EXPECT_EQ(one.substr(one.size() - 4), ".jpg");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "사";
  EXPECT_LE(safe_destination(wide + ".jpg").size(), 7U + 255U);
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += "folder/";
  EXPECT_LE(safe_destination(deep + "a.jpg").size(), 1024U);
}

}  // namespace
}  // namespace visionops::pipeline
