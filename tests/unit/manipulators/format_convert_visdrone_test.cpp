#include <gtest/gtest.h>

#include "tests/unit/manipulators/collection_builder.h"
#include "worker/dataset/formats/visdrone/visdrone.h"

namespace visionops::pipeline::test {
namespace {

/// An ignored region, a counted car and one that evaluation ignores.
Collection street() {
  CollectionBuilder b(0, Format("VisDrone"));
  b.raw().categories = annotations::visdrone_categories();
  b.image(1, "a.jpg");
  annotations::Findings findings;
  annotations::read_visdrone_rows("0,0,50,40,0,0,0,0\n10,10,20,30,1,4,1,2\n60,20,20,30,0,4,0,0\n", "annotations/a.txt",
                                  0, b.raw(), findings);
  EXPECT_EQ(findings.total(), 0);
  return b.build();
}

std::string refusal(const std::string& manipulator, Collection c) {
  Problems problems;
  StepContext context;
  const auto bound = find_manipulator(manipulator)->bind({"{}"}, manipulator, problems);
  const auto out = std::get<StepOnOne>(bound->annotations)(std::move(c), context);
  return out ? "" : out.error().message;
}

TEST(FormatConvertVisdrone, CocoKeepsEverythingUnderIdsFromOne) {
  StepContext context;
  const auto out = run_on_one("format_convert_visdrone_to_coco", "{}", street(), context);
  const auto& a = out.annotations;
  EXPECT_EQ(a.source_format, Format("COCO"));
  EXPECT_TRUE(context.loss.entries.empty());
  ASSERT_EQ(a.objects.size(), 3U);
  EXPECT_EQ(a.categories[0].name, "pedestrian");
  EXPECT_EQ(a.categories[0].id, 1);
  EXPECT_EQ(a.categories[11].name, "ignored-regions");
  EXPECT_EQ(a.categories[11].id, 12);
  EXPECT_EQ(a.objects[0].id, 1);
  EXPECT_TRUE(a.objects[0].ignore);
  EXPECT_FALSE(a.objects[1].ignore);
  EXPECT_EQ(a.text_view(a.objects[1].attributes), R"({"occlusion":2,"score":1,"truncation":1})");
}

TEST(FormatConvertVisdrone, YoloTellsWhatItsRowsCannotSay) {
  StepContext context;
  context.tasks = {Task::Detection};
  const auto out = run_on_one("format_convert_visdrone_to_yolo", "{}", street(), context);
  EXPECT_EQ(out.annotations.source_format, Format("YOLO"));
  ASSERT_EQ(out.annotations.objects.size(), 1U);
  EXPECT_EQ(out.annotations.categories[out.annotations.objects[0].category].name, "car");
  ASSERT_EQ(context.loss.entries.size(), 2U);
  EXPECT_EQ(annotations::not_allowed(context.loss, {LossKind::Ignore, LossKind::Attributes}).size(), 0U);
  EXPECT_EQ(annotations::not_allowed(context.loss, {}).size(), 2U);
}

TEST(FormatConvertVisdrone, AnotherSourceIsRefusedByName) {
  const auto coco = CollectionBuilder().category(1, "car").image(1, "a.jpg").build();
  EXPECT_EQ(refusal("format_convert_visdrone_to_coco", coco), "the source is a COCO dataset, expected VisDrone");
  EXPECT_EQ(refusal("format_convert_visdrone_to_yolo", coco), "the source is a COCO dataset, expected VisDrone");
}

}  // namespace
}  // namespace visionops::pipeline::test
