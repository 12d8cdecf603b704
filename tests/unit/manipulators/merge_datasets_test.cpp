#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/manipulators/collection_builder.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

namespace visionops::pipeline::test {
namespace {

Collection a() {
  return CollectionBuilder(0)
      .category(3, "car")
      .category(90, "bus")
      .image(1, "a.jpg")
      .box(0, 1, 2, 3, 4)
      .polygon({1, 2, 4, 2, 4, 6})
      .image(7, "b.jpg")
      .box(1, 5, 5, 5, 5)
      .build();
}
Collection b() {
  return CollectionBuilder(1)
      .category(1, "bus")
      .category(3, "truck")
      .image(1, "a.jpg")
      .box(0, 9, 9, 9, 9)
      .image(2, "c.jpg")
      .box(1, 8, 8, 8, 8)
      .polygon({8, 8, 16, 8, 16, 16})
      .build();
}
Collection c() { return CollectionBuilder(2).category(3, "tram").image(7, "A.JPG").box(0, 1, 1, 1, 1).build(); }
template <class T>
bool unique_ids(const std::vector<T>& items) {
  std::set<std::int64_t> ids;
  for (const auto& item : items) ids.insert(item.id);
  return ids.size() == items.size();
}

TEST(MergeDatasets, UnitesClassesByNameAndKeepsFreeIds) {
  const auto merged = run_merge({a(), b()});
  EXPECT_EQ(class_names(merged), (std::vector<std::string>{"car", "bus", "truck"}));
  EXPECT_EQ(merged.annotations.categories[1].id, 90);
  EXPECT_TRUE(unique_ids(merged.annotations.categories));
  EXPECT_EQ(merged.annotations.categories[merged.annotations.objects[2].category].name, "bus");
}

TEST(MergeDatasets, LosesNothingAndDealsCollidingIdsAnew) {
  const auto merged = run_merge({a(), b(), c()});
  auto expected = meaning(a());
  expected.merge(meaning(b()));
  expected.merge(meaning(c()));
  EXPECT_EQ(meaning(merged), expected);
  EXPECT_TRUE(unique_ids(merged.annotations.images));
  EXPECT_TRUE(unique_ids(merged.annotations.objects));
  EXPECT_EQ(merged.annotations.images[0].id, 1);
  EXPECT_EQ(merged.annotations.images[1].id, 7);
}

TEST(MergeDatasets, MergeWithNothingChangesNothing) {
  for (const auto& merged : {run_merge({a(), Collection{}}), run_merge({Collection{}, a()}), run_merge({a()})}) {
    EXPECT_EQ(meaning(merged), meaning(a()));
    EXPECT_EQ(class_names(merged), class_names(a()));
    EXPECT_EQ(merged.annotations.source_format, Format("COCO"));
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(merged.annotations.images[i].id, a().annotations.images[i].id);
      EXPECT_EQ(merged.annotations.objects[i].id, a().annotations.objects[i].id);
      EXPECT_EQ(merged.annotations.categories[i].id, a().annotations.categories[i].id);
    }
  }
}

TEST(MergeDatasets, IsAssociativeUpToIds) {
  const auto left = run_merge({run_merge({a(), b()}), c()});
  const auto right = run_merge({a(), run_merge({b(), c()})});
  EXPECT_EQ(meaning(left), meaning(right));
  EXPECT_EQ(image_names(left), image_names(right));
  EXPECT_EQ(class_names(left), class_names(right));
}

TEST(MergeDatasets, UnitesThePictureThatTwoDatasetsShare) {
  CollectionBuilder x(0), y(1);
  x.category(1, "car").image(1, "a.jpg", 100, 80, "abc").box(0, 1, 1, 2, 2).box(0, 5, 5, 2, 2);
  y.category(4, "car").category(5, "bus").image(9, "other.jpg", 100, 80, "abc").box(0, 1, 1, 2, 2).box(1, 7, 7, 1, 1);
  StepContext context;
  const auto merged = run_merge("{}", {x.build(), y.build()}, context);
  EXPECT_EQ(image_names(merged), std::vector<std::string>{"a.jpg"});
  EXPECT_EQ(merged.annotations.objects.size(), 3U);  // the equal box stands once
  EXPECT_EQ(context.findings.count("SamePicture"), 1);
  StepContext keep;
  EXPECT_EQ(run_merge(R"({"uniteSameImages":false})", {x.build(), y.build()}, keep).origins.size(), 2U);
}

TEST(MergeDatasets, KeepsEqualPicturesApartWhenDifferentThingsAreDoneToThem) {
  CollectionBuilder x(0), y(1);
  x.category(1, "car").image(1, "a.jpg", 100, 80, "abc");
  y.category(1, "car").image(1, "a.jpg", 100, 80, "abc");
  auto turned = y.build();
  turned.origins[0].operations = {Rotate180{}};
  EXPECT_EQ(run_merge({x.build(), turned}).origins.size(), 2U);
}

TEST(MergeDatasets, KeepsEqualPicturesOfOneDatasetApart) {
  CollectionBuilder x(0), y(1);
  x.category(1, "car").image(1, "a.jpg", 100, 80, "abc").image(2, "b.jpg", 100, 80, "abc");
  EXPECT_EQ(run_merge({x.build(), y.build()}).origins.size(), 2U);
}

TEST(MergeDatasets, LicencesKeepTheirMeaning) {
  CollectionBuilder x(0), y(1);
  x.image(1, "a.jpg");
  x.raw().extra = R"({"info":{"year":2017},"licenses":[{"id":1,"name":"CC BY"}]})";
  x.raw().images[0].extra = R"({"license":1})";
  y.image(1, "b.jpg").image(2, "c.jpg");
  y.raw().extra = R"({"info":{"year":2018},"licenses":[{"id":1,"name":"GPL"},{"id":2,"name":"CC BY"}]})";
  y.raw().images[0].extra = R"({"license":1})";
  y.raw().images[1].extra = R"({"license":2})";
  StepContext context;
  const auto merged = run_merge("{}", {x.build(), y.build()}, context);
  const Json top = Json::parse(merged.annotations.extra);
  const auto licence_of = [&](std::size_t image) {
    const auto id = Json::parse(merged.annotations.images[image].extra).at("license");
    for (const auto& licence : top.at("licenses")) {
      if (licence.at("id") == id) return licence.at("name").get<std::string>();
    }
    return std::string("?");
  };
  EXPECT_EQ(licence_of(0), "CC BY");
  EXPECT_EQ(licence_of(1), "GPL");
  EXPECT_EQ(licence_of(2), "CC BY");
  EXPECT_EQ(top.at("licenses").size(), 2U);
  EXPECT_EQ(top.at("info").at("year"), 2017);
  ASSERT_EQ(context.notes.size(), 1U);
}

TEST(FormatConvertToYolo, LeavesWhatALabelFileCanSayAndCountsTheRest) {
  CollectionBuilder x;
  x.category(9, "car").image(5, "a.jpg").box(0, 10, 20, 30, 40).polygon({10, 20, 40, 20, 40, 60}).box(0, 1, 1, 5, 5);
  x.raw().objects[1].crowd = true;
  StepContext context;
  context.tasks = {Task::Detection};
  const auto out = run_on_one("format_convert_to_yolo", "{}", x.build(), context);
  ASSERT_EQ(out.annotations.objects.size(), 1U);
  EXPECT_EQ(out.annotations.objects[0].shape_kind, annotations::Shape::None);
  EXPECT_NEAR(out.annotations.objects[0].box[2], 30, 1e-4);
  EXPECT_EQ(out.annotations.source_format, Format("YOLO"));
  EXPECT_EQ(out.annotations.categories[0].id, 0);
  std::set<LossKind> kinds;
  for (const auto& entry : context.loss.entries) kinds.insert(entry.kind);
  EXPECT_TRUE(kinds.count(LossKind::Masks));
  EXPECT_TRUE(kinds.count(LossKind::Crowd));
}

TEST(FormatConvertToCoco, DealsIdsFromOneAndGivesAreas) {
  CollectionBuilder x(0, Format("YOLO"));
  x.category(0, "car").image(0, "a.jpg").box(0, 1, 1, 4, 5);
  x.raw().objects[0].id = 0;
  const auto out = run_on_one("format_convert_to_coco", "{}", x.build());
  EXPECT_EQ(out.annotations.categories[0].id, 1);
  EXPECT_EQ(out.annotations.images[0].id, 1);
  EXPECT_EQ(out.annotations.objects[0].id, 1);
  EXPECT_EQ(out.annotations.objects[0].area, 20);
  EXPECT_EQ(out.annotations.source_format, Format("COCO"));
}

}  // namespace
}  // namespace visionops::pipeline::test
