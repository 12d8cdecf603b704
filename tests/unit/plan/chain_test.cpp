#include "worker/pipeline/plan/chain.h"

#include <gtest/gtest.h>

#include "tests/unit/manipulators/collection_builder.h"
#include "worker/dataset/formats/format.h"
#include "worker/pipeline/pixels/operations/reencode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"
#include "worker/pipeline/plan/explain.h"
#include "worker/pipeline/plan/loss_check.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::pipeline::test {
namespace {

contract::PipelineRun two_sources() {
  contract::PipelineRun run;
  run.sources.resize(2);
  const auto at = [](const char* name, const char* path, Format format) {
    return contract::DatasetLocation{.name = name,
                                     .store = "datasets",
                                     .path = path,
                                     .format = format,
                                     .split = Split::Train,
                                     .version = "v1.0.0",
                                     .digest = ""};
  };
  run.sources[0].dataset = at("scanner-a", "raw/a", Format("COCO"));
  run.sources[0].dataset.digest = "sha256:aa";
  run.sources[1].dataset = at("scanner-b", "raw/b", Format("YOLO"));
  run.output = at("fusion", "fusion/x", Format("YOLO"));
  run.tasks = {Task::Detection};
  run.allow_loss = {LossKind::Masks};
  return run;
}

const annotations::FormatWriter& writer_of(const contract::PipelineRun& run) {
  return *formats::writer_of(run.output.format);
}

Plan plan_for(const contract::PipelineRun& run, Collection collection) {
  return make_plan(run, std::move(collection), writer_of(run));
}

std::vector<Collection> loaded() {
  CollectionBuilder a(0), b(1, Format("YOLO"));
  a.category(1, "car").category(4, "bus");
  a.image(1, "001.jpg").box(0, 10, 10, 20, 20).polygon({10, 10, 30, 10, 30, 30}).box(1, 40, 40, 10, 10);
  a.image(2, "002.jpg").box(1, 1, 1, 5, 5).image(3, "003.jpg");
  b.category(0, "auto").image(1, "001.jpg").box(0, 3, 3, 9, 9).image(2, "001.png").box(0, 4, 4, 8, 8);
  return {a.build(), b.build()};
}

contract::PipelineRun with_steps() {
  auto run = two_sources();
  run.sources[0].manipulators = {{"filter_keep_by_class", {R"({"classes":["car","tram"]})"}}, {"rotate_180", {}}};
  run.sources[1].manipulators = {{"change_compression", {R"({"quality":85})"}}};
  run.post_merge = {{"merge_datasets", {}}, {"remap_class_name", {R"({"mapping":{"auto":"car"}})"}}};
  return run;
}

TEST(Chain, FoldsStepsPerSourceThenMergesThenFoldsTheRest) {
  const auto chain = fold_chain(with_steps(), loaded(), formats::writer_of);
  ASSERT_TRUE(chain.ok()) << chain.error().message;
  EXPECT_EQ(class_names(chain->collection), (std::vector<std::string>{"car", "bus"}));
  EXPECT_EQ(chain->collection.origins.size(), 3U);
  EXPECT_EQ(chain->collection.origins[0].operations, ImageOperations{Rotate180{}});
  EXPECT_EQ(chain->collection.origins[1].operations, ImageOperations{Reencode{85}});
  ASSERT_EQ(chain->log.size(), 5U);
  EXPECT_EQ(chain->log[0].where, "sources[0].manipulators[0]");
  EXPECT_EQ(chain->log[0].before, (ChainCounts{3, 3, 2}));
  EXPECT_EQ(chain->log[0].after, (ChainCounts{1, 2, 2}));
  EXPECT_EQ(chain->log[0].notes, std::vector<std::string>{"no class is called \"tram\""});
  EXPECT_EQ(chain->log[3].where, "postMerge[0]");
}

TEST(Chain, MergesSeveralSourcesAlsoWhenNobodySaysSo) {
  auto run = two_sources();
  run.post_merge = {{"shuffle_image_ids", {}}};
  const auto chain = fold_chain(run, loaded(), formats::writer_of);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(chain->log[0].where, "postMerge (implied)");
  EXPECT_EQ(chain->log[0].manipulator, "merge_datasets");
  EXPECT_EQ(chain->collection.origins.size(), 5U);
}

TEST(Chain, StepsBeforeANamedMergeRunOnEveryDataset) {
  auto run = two_sources();
  run.post_merge = {{"sample_n_images", {R"({"n":1})"}}, {"merge_datasets", {}}};
  const auto chain = fold_chain(run, loaded(), formats::writer_of);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(chain->collection.origins.size(), 2U);
}

TEST(Chain, TwoHalfTurnsLeaveTheFileUntouched) {
  auto run = two_sources();
  run.sources[0].manipulators = {{"rotate_180", {}}, {"rotate_180", {}}};
  const auto chain = fold_chain(run, loaded(), formats::writer_of);
  ASSERT_TRUE(chain.ok());
  for (const auto& origin : chain->collection.origins) EXPECT_TRUE(origin.operations.empty());
}

TEST(Chain, AWrongCallIsInvalidWithItsPath) {
  auto run = with_steps();
  run.sources[0].manipulators[1] = {"rotate_180", {R"({"quality":1})"}};
  const auto chain = fold_chain(run, loaded(), formats::writer_of);
  ASSERT_FALSE(chain.ok());
  EXPECT_EQ(chain.error().cls, ErrorClass::Invalid);
  EXPECT_NE(chain.error().message.find("sources[0].manipulators[1].rotate_180.quality"), std::string::npos);
}

TEST(Chain, CountsTheLossOfAConversionInside) {
  auto run = two_sources();
  run.sources[0].manipulators = {{"format_convert_to_yolo", {}}};
  run.output.format = Format("COCO");
  run.allow_loss.clear();
  const auto chain = fold_chain(run, loaded(), formats::writer_of);
  ASSERT_TRUE(chain.ok());
  const auto check = check_loss(run, chain->loss, chain->collection.annotations, writer_of(run));
  ASSERT_EQ(check.refused.size(), 1U);
  EXPECT_EQ(check.refused[0].kind, LossKind::Masks);
  EXPECT_EQ(check.refused[0].count, 1);
}

Plan plan_of(const contract::PipelineRun& run) {
  return plan_for(run, fold_chain(run, loaded(), formats::writer_of)->collection);
}

TEST(Plan, GivesEveryImageItsSourceOperationsAndAUniqueName) {
  const auto plan = plan_of(with_steps());
  ASSERT_EQ(plan.items.size(), 3U);
  EXPECT_EQ(plan.items[0].destination, "images/001.jpg");
  EXPECT_EQ(plan.items[1].destination, "images/001-2.jpg");
  EXPECT_EQ(plan.items[1].source, 1U);
  EXPECT_EQ(plan.items[1].source_path, "images/001.jpg");
  EXPECT_EQ(plan.items[2].destination, "images/001-3.png");
  EXPECT_EQ(plan.annotations.images[1].file_name, "001-2.jpg");
  EXPECT_EQ(plan.renamed(), 2);
}

TEST(Plan, LeavesOutImagesWithoutAFile) {
  auto run = with_steps();
  auto sources = loaded();
  sources[1].origins[0].bytes = -1;
  const auto plan = plan_for(run, fold_chain(run, std::move(sources), formats::writer_of)->collection);
  EXPECT_EQ(plan.items.size(), 2U);
  ASSERT_EQ(plan.left_out.size(), 1U);
  EXPECT_EQ(plan.left_out[0].kind, "MissingImage");
  EXPECT_EQ(plan.annotations.objects.size(), 3U);
}

TEST(Plan, ItsDigestChangesExactlyWithWhatTheOutputDependsOn) {
  const auto base = with_steps();
  const auto digest = plan_of(base).digest;
  EXPECT_EQ(plan_of(base).digest, digest);
  auto run = base;
  run.shards = 4;
  EXPECT_EQ(plan_of(run).digest, digest);
  run = base;
  run.allow_loss = {LossKind::All};
  EXPECT_EQ(plan_of(run).digest, digest);
  run = base;
  run.sources[1].manipulators[0].params.json = R"({"quality":84})";
  EXPECT_NE(plan_of(run).digest, digest);
  run = base;
  run.output.format = Format("COCO");
  EXPECT_NE(plan_of(run).digest, digest);
  run = base;
  run.sources[1].dataset.digest = "sha256:bb";
  EXPECT_NE(plan_of(run).digest, digest);
  auto sources = loaded();
  sources[0].annotations.objects[0].box[0] += 0.001;
  EXPECT_NE(plan_for(base, fold_chain(base, sources, formats::writer_of)->collection).digest, digest);
  sources = loaded();
  sources[1].origins[0].bytes += 1;
  EXPECT_NE(plan_for(base, fold_chain(base, sources, formats::writer_of)->collection).digest, digest);
}

TEST(Plan, TheDigestOfAnnotationsDoesNotDependOnArenaPositions) {
  auto c = loaded().front();
  const auto digest = digest_of(c.annotations);
  auto& a = c.annotations;
  std::vector<double> ring;
  const auto old = a.ring_span(a.objects[0].shape)[0];
  for (const double v : a.number_span(old)) ring.push_back(v);
  const std::vector<double> padding{1, 2, 3};
  a.add_numbers(padding);
  const auto moved = a.add_numbers(ring);
  a.objects[0].shape = a.add_rings(std::vector{moved});
  EXPECT_EQ(digest_of(a), digest);
  a.numbers[moved.begin] += 1;
  EXPECT_NE(digest_of(a), digest);
}

TEST(LossCheck, NamesKindsCountsExamplesAndTheWayOut) {
  auto run = with_steps();
  run.allow_loss.clear();
  const auto chain = fold_chain(run, loaded(), formats::writer_of);
  const auto check = check_loss(run, chain->loss, chain->collection.annotations, writer_of(run));
  const auto text = refusal(check);
  EXPECT_NE(text.find("Masks: 1 ("), std::string::npos) << text;
  EXPECT_NE(text.find("allowLoss: [Masks]"), std::string::npos) << text;
  EXPECT_EQ(refusal(check_loss(with_steps(), chain->loss, chain->collection.annotations, writer_of(with_steps()))), "");
}

TEST(Explain, PrintsSourcesStepsLossAndEveryImageWithItsReason) {
  const auto run = with_steps();
  auto chain = fold_chain(run, loaded(), formats::writer_of);
  const auto loss_in_chain = chain->loss;
  const auto log = chain->log;
  const auto plan = plan_for(run, std::move(chain->collection));
  const auto text = explain(run, log, check_loss(run, loss_in_chain, plan.annotations, writer_of(run)), plan, 2);
  const std::string expected = "plan " + plan.digest + R"(
sources
  [0] scanner-a COCO datasets:raw/a sha256:aa
  [1] scanner-b YOLO datasets:raw/b
steps
  sources[0].manipulators[0] filter_keep_by_class {"classes":["car","tram"]}
      images 3 -> 1, objects 3 -> 2, classes 2
      note: no class is called "tram"
  sources[0].manipulators[1] rotate_180
      images 1, objects 2, classes 2
  sources[1].manipulators[0] change_compression {"quality":85}
      images 2, objects 2, classes 1
  postMerge[0] merge_datasets
      images 3, objects 4, classes 2 -> 3
  postMerge[1] remap_class_name {"mapping":{"auto":"car"}}
      images 3, objects 4, classes 3 -> 2
output fusion YOLO datasets:fusion/x
  3 images, 4 objects, 2 classes
  class car
  class bus
loss
  Masks 1 allowed
      annotation 1 of 001.jpg: polygon mask of 3 points
images
  images/001.jpg <- scanner-a:images/001.jpg  recode: rotate 180
  images/001-2.jpg <- scanner-b:images/001.jpg  recode: JPEG quality <= 85; renamed: the name belongs to images/001.jpg
  ... and 1 more
)";
  EXPECT_EQ(text, expected);
}

}  // namespace
}  // namespace visionops::pipeline::test
