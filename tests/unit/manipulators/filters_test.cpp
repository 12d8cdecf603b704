#include <gtest/gtest.h>

#include <chrono>
#include <ctime>

#include "tests/unit/manipulators/collection_builder.h"

namespace visionops::pipeline::test {
namespace {

Collection street() {
  return CollectionBuilder()
      .category(3, "car")
      .category(7, "bus")
      .category(9, "tmp_x")
      .image(1, "a.jpg")
      .box(0, 1, 2, 3, 4)
      .box(1, 5, 6, 7, 8)
      .image(2, "b.jpg")
      .box(1, 1, 1, 2, 2)
      .image(3, "c.jpg")
      .box(2, 1, 1, 2, 2)
      .image(4, "empty.jpg")
      .build();
}

TEST(FilterKeepByClass, KeepsImagesWithAnyOfTheClassesAndAllTheirObjects) {
  const auto c = run_on_one("filter_keep_by_class", R"({"classes":["car"]})", street());
  EXPECT_EQ(image_names(c), std::vector<std::string>{"a.jpg"});
  EXPECT_EQ(c.annotations.objects.size(), 2U);
  EXPECT_EQ(class_names(c), (std::vector<std::string>{"car", "bus", "tmp_x"}));
  EXPECT_EQ(c.origins.size(), 1U);
}

TEST(FilterKeepByClass, SaysWhichClassDoesNotExist) {
  StepContext context;
  const auto c = run_on_one("filter_keep_by_class", R"({"classes":["cra"]})", street(), context);
  EXPECT_TRUE(c.origins.empty());
  ASSERT_EQ(context.notes.size(), 1U);
  EXPECT_EQ(context.notes[0], "no class is called \"cra\"");
}

TEST(FilterRemoveByClass, RemovesImagesWithAnyOfTheClassesAndTheClassItself) {
  const auto c = run_on_one("filter_remove_by_class", R"({"classes":["bus"]})", street());
  EXPECT_EQ(image_names(c), (std::vector<std::string>{"c.jpg", "empty.jpg"}));
  EXPECT_EQ(class_names(c), (std::vector<std::string>{"car", "tmp_x"}));
  EXPECT_EQ(c.annotations.categories[c.annotations.objects.at(0).category].name, "tmp_x");
}

TEST(FilterLaws, KeepAndRemovePartitionImagesAndObjects) {
  for (const char* classes : {R"({"classes":["car"]})", R"({"classes":["bus","tmp_x"]})", R"({"classes":["none"]})"}) {
    auto kept = meaning(run_on_one("filter_keep_by_class", classes, street()));
    kept.merge(meaning(run_on_one("filter_remove_by_class", classes, street())));
    EXPECT_EQ(kept, meaning(street())) << classes;
  }
}

TEST(FilterInvalidClassName, RemovesByPatternAndByList) {
  const auto by_pattern = run_on_one("filter_invalid_class_name", R"({"pattern":"^tmp_"})", street());
  EXPECT_EQ(image_names(by_pattern), (std::vector<std::string>{"a.jpg", "b.jpg", "empty.jpg"}));
  EXPECT_EQ(class_names(by_pattern), (std::vector<std::string>{"car", "bus"}));
  const auto by_list = run_on_one("filter_invalid_class_name", R"({"blacklist":["bus"]})", street());
  EXPECT_EQ(image_names(by_list), (std::vector<std::string>{"c.jpg", "empty.jpg"}));
}

/// A busy machine does not count, only what this thread has worked.
std::chrono::seconds thread_cpu_time() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec);
}

TEST(FilterInvalidClassName, AHostilePatternEndsInTime) {
  auto c = street();
  c.annotations.categories[0].name = std::string(4000, 'a');
  const auto begin = thread_cpu_time();
  run_on_one("filter_invalid_class_name", R"({"pattern":"(a+)+(a*)*(a|aa)+$X"})", std::move(c));
  EXPECT_LT(thread_cpu_time() - begin, std::chrono::seconds(10));
}

TEST(FilterFinalClasses, RemovesObjectsButNoImageAndFixesTheClassOrder) {
  const auto c = run_on_one("filter_final_classes", R"({"classes":["bus","person","car"]})", street());
  EXPECT_EQ(image_names(c).size(), 4U);
  EXPECT_EQ(c.annotations.objects.size(), 3U);
  EXPECT_EQ(class_names(c), (std::vector<std::string>{"bus", "person", "car"}));
  EXPECT_EQ(c.annotations.categories[0].id, 7);
  EXPECT_EQ(c.annotations.categories[1].id, 10);
  EXPECT_EQ(c.annotations.categories[c.annotations.objects[0].category].name, "car");
}

TEST(RemapClassName, JoinsClassesWithTheSameNewName) {
  const auto c = run_on_one("remap_class_name", R"({"mapping":{"car":"vehicle","bus":"vehicle"}})", street());
  EXPECT_EQ(class_names(c), (std::vector<std::string>{"vehicle", "tmp_x"}));
  EXPECT_EQ(c.annotations.categories[0].id, 3);
  EXPECT_EQ(c.annotations.objects[0].category, 0U);
  EXPECT_EQ(c.annotations.objects[1].category, 0U);
  EXPECT_EQ(c.annotations.objects[3].category, 1U);
}

TEST(RemapClassName, RenamesAtOnceSoThatNamesCanSwap) {
  const auto c = run_on_one("remap_class_name", R"({"mapping":{"car":"bus","bus":"car"}})", street());
  EXPECT_EQ(class_names(c), (std::vector<std::string>{"bus", "car", "tmp_x"}));
}

TEST(RemapClassName, JoinsARenamedClassWithOneThatHasTheName) {
  const auto c = run_on_one("remap_class_name", R"({"mapping":{"tmp_x":"car"}})", street());
  EXPECT_EQ(class_names(c), (std::vector<std::string>{"car", "bus"}));
}

}  // namespace
}  // namespace visionops::pipeline::test
