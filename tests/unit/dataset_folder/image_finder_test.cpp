// Images that annotation files name: by path, by what the names have in common, by base name.
#include "worker/dataset/folder/image_finder.h"

#include <gtest/gtest.h>

namespace visionops::dataset_folder {
namespace {

class Images {
 public:
  explicit Images(std::initializer_list<const char*> paths) {
    for (const auto* path : paths) files_.emplace_back().path = path;
  }
  [[nodiscard]] ImageFinder finder() const {
    std::vector<const storage::FileInfo*> all;
    for (const auto& file : files_) all.push_back(&file);
    return {all, [](std::string_view path) { return std::string(without_suffix(path)); }};
  }

 private:
  std::vector<storage::FileInfo> files_;
};

std::string path_of(const storage::FileInfo* file) { return file == nullptr ? "" : file->path; }

TEST(ImageFinder, FollowsWhatToolsWriteAndNothingOutOfTheFolder) {
  EXPECT_EQ(followed("", "a.jpg"), "a.jpg");
  EXPECT_EQ(followed("x/y/", "..\\images\\a.jpg"), "x/images/a.jpg");
  EXPECT_EQ(followed("x/", "./a//b/../c.jpg"), "x/a/c.jpg");
  EXPECT_EQ(followed("x/", "../a.jpg"), "a.jpg");
  EXPECT_EQ(followed("x/", "../../a.jpg"), "");
  EXPECT_EQ(followed("", ".."), "");
  EXPECT_EQ(followed("x/", "/etc/passwd"), "");
  EXPECT_EQ(followed("x/", "\\\\server\\a.jpg"), "");
}

TEST(ImageFinder, TakesPathsApart) {
  EXPECT_EQ(without_suffix("a.b/c.d.jpg"), "a.b/c.d");
  EXPECT_EQ(without_suffix("a.b/c"), "a.b/c");
  EXPECT_EQ(without_suffix("a/.jpg"), "a/.jpg");
  EXPECT_EQ(base_name("a/b.jpg"), "b.jpg");
  EXPECT_EQ(base_name("b.jpg"), "b.jpg");
  EXPECT_EQ(folder_part("a/b.jpg"), "a/");
  EXPECT_EQ(folder_part("b.jpg"), "");
  EXPECT_EQ(without_folder("x/images/images/a.jpg", {"images"}), "x/images/a.jpg") << "the last one";
  EXPECT_EQ(without_folder("images.jpg", {"images"}), "images.jpg");
  EXPECT_EQ(replaced_folder("images/a.jpg", {"JPEGImages", "images"}, "Annotations"), "Annotations/a.jpg");
  EXPECT_EQ(replaced_folder("xImages/a.jpg", {"Images"}, "y"), "xImages/a.jpg");
}

TEST(ImageFinder, ABaseNameHasToBeTheOnlyOne) {
  const Images images{"x/a.jpg", "y/a.jpg", "x/B.JPG", "x/c.jpg", "y/C.jpg"};
  const auto finder = images.finder();
  EXPECT_EQ(path_of(finder.at("x/a.jpg")), "x/a.jpg");
  EXPECT_EQ(path_of(finder.at("a.jpg")), "");
  EXPECT_EQ(path_of(finder.called("a.jpg")), "") << "two of them";
  EXPECT_EQ(path_of(finder.called("/data/b.jpg")), "x/B.JPG");
  EXPECT_EQ(path_of(finder.called("C:\\data\\B.JPG")), "x/B.JPG");
  EXPECT_EQ(path_of(finder.called("c.jpg")), "x/c.jpg") << "the letters as they are go before";
  EXPECT_EQ(path_of(finder.called("c.JPG")), "") << "two but for the case";
}

TEST(ImageFinder, SeveralImagesMayHaveOneKey) {
  const Images images{"x/a.jpg", "x/a.png"};
  const auto finder = images.finder();
  EXPECT_EQ(finder.with_key("x/a").size(), 2U);
  EXPECT_TRUE(finder.with_key("x/b").empty());
}

}  // namespace
}  // namespace visionops::dataset_folder
