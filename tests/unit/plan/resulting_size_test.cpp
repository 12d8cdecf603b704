// An operation that changes the size of a picture changes the annotations that are written with it.
#include <gtest/gtest.h>

#include "tests/unit/manipulators/collection_builder.h"
#include "worker/dataset/formats/format.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::pipeline::test {
namespace {

struct Halve {};

const OperationKind& halve() {
  static const OperationKind kind = [] {
    OperationKind k;
    k.name = "halve";
    k.text = [](const void*) { return std::string("halve"); };
    k.canonical = [](const void*) { return std::string("halve;"); };
    k.resulting_size = [](const void*, PictureSize size) { return PictureSize{size.width / 2, size.height / 2}; };
    return k;
  }();
  return kind;
}

Collection halved() {
  CollectionBuilder b;
  b.category(1, "car").image(1, "a.jpg", 100, 80).box(0, 10, 10, 20, 20).image(2, "b.jpg", 0, 0);
  auto c = b.build();
  for (std::size_t i = 0; i < 2; ++i) add_operations(c, i, {ImageOperation(halve(), Halve{})});
  take_resulting_sizes(c);
  return c;
}

TEST(ResultingSize, IsThatOfTheImageAndOfItsRows) {
  auto c = halved();
  EXPECT_EQ(c.annotations.images[0].width, 50);
  EXPECT_EQ(c.annotations.images[0].height, 40);
  c.annotations.objects[0].box = {5, 5, 10, 10};  // what a manipulator makes of its boxes
  const auto& labels = *formats::writer_of(Format("YOLO"))->image_file;
  const std::array<std::uint32_t, 1> objects{0};
  EXPECT_EQ(labels.text_of(c.annotations, 0, objects, annotations::WriteOptions{}), "0 0.2 0.25 0.2 0.25\n");
}

TEST(ResultingSize, ThePlanKeepsWhatTheSourceSays) {
  contract::PipelineRun run;
  run.sources.resize(1);
  run.output.format = Format("COCO");
  const auto plan = make_plan(run, halved(), *formats::writer_of(run.output.format));
  EXPECT_EQ(plan.items[0].width, 100) << "the orientation of the source is told by its annotated size";
  EXPECT_EQ(plan.annotations.images[0].width, 50);
}

TEST(ResultingSize, OneThatIsNotKnownStaysSo) {
  EXPECT_EQ(halved().annotations.images[1].width, 0);
  EXPECT_EQ(resulting_size({ImageOperation(halve(), Halve{})}, {0, 7}), PictureSize{});
}

}  // namespace
}  // namespace visionops::pipeline::test
