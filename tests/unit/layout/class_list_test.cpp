#include "worker/layout/class_list.h"

#include <gtest/gtest.h>

namespace visionops::layout {
namespace {

using annotations::Annotations;

Annotations with_classes(const std::vector<std::string>& names) {
  Annotations a;
  for (const auto& name : names) {
    auto& category = a.categories.emplace_back();
    category.id = 100 + static_cast<std::int64_t>(a.categories.size());
    category.name = name;
  }
  return a;
}

TEST(ClassList, KeepsTheOrderOfTheFirstSetAndAppendsWhatOnlyOthersHave) {
  const auto train = with_classes({"car", "bus"});
  const auto val = with_classes({"tram", "bus", "ant"});
  const auto list = unite_classes({&train, &val});
  EXPECT_EQ(list.names(), (std::vector<std::string>{"car", "bus", "tram", "ant"}));
  EXPECT_EQ(list.categories.front().id, 1);
  EXPECT_EQ(list.categories.back().id, 4);
}

TEST(ClassList, ObjectsKeepTheirClassWhateverItsPlaceWas) {
  const auto train = with_classes({"car", "bus"});
  pipeline::Collection val;
  val.annotations = with_classes({"bus", "tram", "bus"});
  for (const std::uint32_t category : {0U, 1U, 2U}) {
    auto& object = val.annotations.objects.emplace_back();
    object.category = category;
  }
  const auto list = unite_classes({&train, &val.annotations});
  take_classes(val, list);
  std::vector<std::string> names;
  for (const auto& object : val.annotations.objects) names.push_back(val.annotations.categories[object.category].name);
  EXPECT_EQ(names, (std::vector<std::string>{"bus", "tram", "bus"}));
  EXPECT_EQ(classes_without_objects(val.annotations, list), std::vector<std::string>{"car"});
}

TEST(ClassList, IsSortedBytewiseWithThoseWithoutAPlaceLast) {
  const auto set = with_classes({"b", "a/b", "Z", "a"});
  auto list = unite_classes({&set});
  sort_classes(list, [](const std::string& name) { return name.find('/') == std::string::npos; });
  EXPECT_EQ(list.names(), (std::vector<std::string>{"Z", "a", "b"}));
  ASSERT_EQ(list.categories.size(), 4U);
  EXPECT_EQ(list.categories.back().name, "a/b");
}

}  // namespace
}  // namespace visionops::layout
