#include "worker/pipeline/publish/run_pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "tests/unit/publish/street_stores.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/load.h"

namespace visionops::pipeline::test {
namespace {

using contract::ExitCode;

dataset_folder::Manifest manifest_of(const fs::path& folder) {
  auto manifest = dataset_folder::decode_manifest(read_file(folder / "manifest.json"));
  if (!manifest) {
    ADD_FAILURE() << manifest.error().message;
    return {};
  }
  return *std::move(manifest);
}

std::string message_of(const RunOutcome& outcome) { return outcome.result.error ? outcome.result.error->message : ""; }

/// A run that is asked to stop when three images are written.
RunOutcome run_until_three_images(const StreetStores& street) {
  std::stop_source stop;
  auto environment = street.environment();
  environment.stop = stop.get_token();
  environment.progress = [&](const contract::Progress& p) {
    if (p.stage == "ImageWriting" && p.done == 3) stop.request_stop();
  };
  return run_pipeline(street.run(), environment);
}

TEST(RunPipeline, MakesADatasetThatReadsBackWithItsDigestAndCounts) {
  const StreetStores street;
  const auto outcome = run_pipeline(street.run(), street.environment());
  ASSERT_EQ(outcome.code, ExitCode::Done) << message_of(outcome);
  ASSERT_TRUE(outcome.result.dataset && outcome.result.pipeline);
  EXPECT_EQ(outcome.result.dataset->images, 9);
  EXPECT_EQ(outcome.result.dataset->annotations, 9);
  EXPECT_EQ(outcome.result.pipeline->images_in, 9);
  EXPECT_EQ(outcome.result.pipeline->renamed_images, 3);
  EXPECT_TRUE(outcome.result.pipeline->published);
  const auto& counts = outcome.result.dataset->class_counts;
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].name, "car");
  EXPECT_EQ(counts[0].objects, 6);

  const auto store = storage::open_local_store(street.store().string());
  const auto digested = dataset_folder::digest_dataset(**store, "fusion/v1.0.0", Format("YOLO"));
  ASSERT_TRUE(digested.ok()) << digested.error().message;
  EXPECT_EQ(digested->digest, outcome.result.dataset->digest);
  EXPECT_EQ(digested->size_bytes, outcome.result.dataset->size_bytes);
  annotations::Findings findings;
  const auto loaded = dataset_folder::load_dataset(**store, "fusion/v1.0.0", Format("YOLO"), findings);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(findings.total(), 0);
  EXPECT_EQ(loaded->annotations.objects.size(), 9U);
}

/// The run with what an inspection found of its first source.
contract::PipelineRun inspected_run(const StreetStores& street) {
  auto run = street.run();
  auto& source = run.sources[0].dataset;
  const auto store = *storage::open_local_store(street.store().string());
  const auto files = dataset_folder::data_files(*dataset_folder::list_dataset(*store, source.path), source.format);
  source.digest = dataset_folder::digest_files(*store, source.path, files)->digest;
  source.fingerprint = dataset_folder::listing_fingerprint(files);
  return run;
}

void edit(const fs::path& file, const std::string& bytes) {
  const auto later = fs::last_write_time(file) + std::chrono::seconds(60);
  write_file(file, bytes);
  fs::last_write_time(file, later);
}

TEST(RunPipeline, BuildsNothingOfOtherBytesThanTheSourceWasReadyWith) {
  const StreetStores street;
  const auto run = inspected_run(street);
  const auto before = read_file(street.a() / "annotation.json");
  auto renamed = before;
  renamed.replace(renamed.find("\"car\""), 5, "\"cab\"");
  edit(street.a() / "annotation.json", renamed);
  const auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::ContentChanged);
  EXPECT_NE(message_of(outcome).find("Dataset scanner-a"), std::string::npos) << message_of(outcome);
  EXPECT_FALSE(fs::exists(street.output()));
  edit(street.a() / "annotation.json", before);
  EXPECT_EQ(run_pipeline(run, street.environment()).code, ExitCode::Done) << "the bytes are back, with another time";
}

TEST(RunPipeline, PublishesNothingWhenASourceChangesWhileItIsRead) {
  const StreetStores street;
  const auto run = inspected_run(street);
  const auto before = read_file(street.a() / "images/img5.jpg");
  auto environment = street.environment();
  environment.progress = [&](const contract::Progress& p) {
    if (p.stage == "ImageWriting" && p.done == 0) edit(street.a() / "images/img5.jpg", jpeg(gradient(74, 64), 50));
  };
  const auto outcome = run_pipeline(run, environment);
  EXPECT_EQ(outcome.code, ExitCode::ContentChanged) << message_of(outcome);
  EXPECT_FALSE(fs::exists(street.output() / "manifest.json"));

  edit(street.a() / "images/img5.jpg", before);
  ASSERT_EQ(run_pipeline(run, street.environment()).code, ExitCode::Done);
  const auto made = read_file(street.output() / "images/img5.jpg");
  fs::remove_all(street.output());
  ASSERT_EQ(run_pipeline(run, street.environment()).code, ExitCode::Done);
  EXPECT_EQ(read_file(street.output() / "images/img5.jpg"), made) << "what was made of the other bytes is not taken up";
}

TEST(RunPipeline, ARunThatWasCutOffAfterTheChangeIsNotTakenUp) {
  const StreetStores street;
  const auto run = inspected_run(street);
  const auto before = StreetStores::files(street.a() / "images");
  std::stop_source stop;
  auto environment = street.environment();
  environment.stop = stop.get_token();
  environment.progress = [&](const contract::Progress& p) {
    if (p.stage != "ImageWriting") return;
    for (const auto& [name, bytes] : before) {
      if (p.done == 0) edit(street.a() / "images" / name, bytes + "x");
    }
    if (p.done == 5) stop.request_stop();  // of nine: some of these are of the edited six
  };
  ASSERT_EQ(run_pipeline(run, environment).code, ExitCode::Terminated);
  ASSERT_EQ(run_pipeline(run, street.environment()).code, ExitCode::ContentChanged);
  for (const auto& [name, bytes] : before) edit(street.a() / "images" / name, bytes);
  ASSERT_EQ(run_pipeline(run, street.environment()).code, ExitCode::Done);
  const auto made = StreetStores::files(street.output() / "images");
  fs::remove_all(street.output());
  ASSERT_EQ(run_pipeline(run, street.environment()).code, ExitCode::Done);
  EXPECT_EQ(StreetStores::files(street.output() / "images"), made);
}

TEST(RunPipeline, TheManifestTellsWhereEveryFileCameFrom) {
  const StreetStores street;
  ASSERT_EQ(run_pipeline(street.run(), street.environment()).code, ExitCode::Done);
  const auto m = manifest_of(street.output());
  EXPECT_EQ(m.group, "fusion");
  EXPECT_EQ(m.format, Format("YOLO"));
  EXPECT_EQ(m.inputs.size(), 2U);
  EXPECT_EQ(m.inputs[0].images, 6);
  EXPECT_EQ(m.files.size(), 19U);  // 9 images, 9 labels, data.yaml
  EXPECT_EQ(m.renames.size(), 3U);
  const auto file =
      std::find_if(m.files.begin(), m.files.end(), [](const auto& f) { return f.path == "images/img0.jpg"; });
  ASSERT_NE(file, m.files.end());
  EXPECT_EQ(file->from, "scanner-a/images/img0.jpg");
  EXPECT_EQ(file->operations, "rotate 180, JPEG quality <= 80");
  for (const auto& f : m.files) EXPECT_EQ(f.sha256, sha256_hex(read_file(street.output() / f.path))) << f.path;
  for (const auto& [path, bytes] : StreetStores::files(street.output())) {
    if (path == "manifest.json") continue;
    EXPECT_TRUE(std::any_of(m.files.begin(), m.files.end(), [&](const auto& f) { return f.path == path; })) << path;
  }
}

TEST(RunPipeline, CocoToCocoWithoutManipulatorsGivesTheSameAnnotations) {
  const StreetStores street;
  auto run = street.run();
  run.sources.resize(1);
  run.sources[0].manipulators.clear();
  run.post_merge.clear();
  run.allow_loss.clear();
  run.output.format = Format("COCO");
  const auto outcome = run_pipeline(run, street.environment());
  ASSERT_EQ(outcome.code, ExitCode::Done) << message_of(outcome);
  EXPECT_EQ(Json::parse(read_file(street.output() / "annotation.json")),
            Json::parse(read_file(street.a() / "annotation.json")));
  EXPECT_EQ(read_file(street.output() / "images/img0.jpg"), read_file(street.a() / "images/img0.jpg"));
}

TEST(RunPipeline, SourcesAreNeverTouched) {
  const StreetStores street;
  const auto before = StreetStores::files(street.store() / "raw");
  ASSERT_EQ(run_pipeline(street.run(), street.environment()).code, ExitCode::Done);
  EXPECT_EQ(StreetStores::files(street.store() / "raw"), before);
}

TEST(RunPipeline, TheSecondRunFindsTheVersionAndWritesNothing) {
  const StreetStores street;
  const auto first = run_pipeline(street.run(), street.environment());
  const auto written_at = fs::last_write_time(street.output() / "manifest.json");
  const auto second = run_pipeline(street.run(), street.environment());
  ASSERT_EQ(second.code, ExitCode::Done);
  EXPECT_TRUE(second.result.pipeline->reused);
  EXPECT_FALSE(first.result.pipeline->reused);
  EXPECT_EQ(second.result.dataset->digest, first.result.dataset->digest);
  EXPECT_EQ(second.result.dataset->class_counts.size(), first.result.dataset->class_counts.size());
  EXPECT_EQ(fs::last_write_time(street.output() / "manifest.json"), written_at);
}

TEST(RunPipeline, AVersionNeverChanges) {
  const StreetStores street;
  ASSERT_EQ(run_pipeline(street.run(), street.environment()).code, ExitCode::Done);
  const auto before = StreetStores::files(street.output());
  auto run = street.run();
  run.seed = 8;
  const auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::OutputConflict);
  EXPECT_NE(message_of(outcome).find("fusion/v1.0.0"), std::string::npos);
  EXPECT_EQ(StreetStores::files(street.output()), before);
}

TEST(RunPipeline, AFolderWithForeignFilesIsLeftAlone) {
  const StreetStores street;
  write_file(street.output() / "images/mine.jpg", "precious");
  const auto outcome = run_pipeline(street.run(), street.environment());
  EXPECT_EQ(outcome.code, ExitCode::OutputConflict);
  EXPECT_EQ(StreetStores::files(street.output()).size(), 1U);
}

TEST(RunPipeline, ALossThatIsNotAllowedStopsBeforeAnythingIsWritten) {
  const StreetStores street;
  auto coco = Json::parse(read_file(street.a() / "annotation.json"));
  coco["annotations"][0]["segmentation"] = Json::array({Json::array({4, 5, 24, 5, 24, 15})});
  write_file(street.a() / "annotation.json", coco.dump());
  auto run = street.run();
  run.allow_loss.clear();
  const auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::LossNotAllowed);
  EXPECT_NE(message_of(outcome).find("Masks: 1"), std::string::npos) << message_of(outcome);
  EXPECT_EQ(outcome.result.pipeline->loss.at("Masks"), 1);
  EXPECT_FALSE(fs::exists(street.store() / "fusion"));
}

TEST(RunPipeline, NoImageLeftIsAFailureThatNamesTheStep) {
  const StreetStores street;
  auto run = street.run();
  run.post_merge.push_back({"filter_keep_by_class", {R"({"classes":["tram"]})"}});
  const auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::QualityFailed);
  EXPECT_EQ(message_of(outcome),
            "no image is left after postMerge[3].filter_keep_by_class; no class is called \"tram\"");
  EXPECT_FALSE(fs::exists(street.store() / "fusion"));
}

TEST(RunPipeline, WrongInputIsRefusedWithItsPlace) {
  const StreetStores street;
  auto run = street.run();
  run.sources[1].manipulators = {{"rotate180", {}}};
  auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::InvalidInput);
  EXPECT_NE(message_of(outcome).find("sources[1].manipulators[0]: unknown manipulator \"rotate180\"; did you mean"),
            std::string::npos);
  EXPECT_EQ(outcome.result.error->failure_class, "InvalidInput");
  run = street.run();
  run.sources[1].dataset.path = "raw/nowhere";
  outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::InputMissing);
  EXPECT_NE(message_of(outcome).find("scanner-b"), std::string::npos) << message_of(outcome);
  run = street.run();
  run.output.path = "raw/a/inside";
  EXPECT_EQ(run_pipeline(run, street.environment()).code, ExitCode::InvalidInput);
  run = street.run();
  run.output.format = Format("CelebA");
  EXPECT_EQ(run_pipeline(run, street.environment()).code, ExitCode::InvalidInput);
  EXPECT_EQ(run_pipeline(street.run(), street.environment(3)).code, ExitCode::InvalidInput);
  EXPECT_FALSE(fs::exists(street.store() / "fusion"));
}

TEST(RunPipeline, DamagedAndMissingImagesAreLeftOutCountedAndListed) {
  const StreetStores street;
  const auto bytes = read_file(street.a() / "images/img1.jpg");
  write_file(street.a() / "images/img1.jpg", bytes.substr(0, bytes.size() / 2));
  fs::remove(street.a() / "images/img2.jpg");
  auto run = street.run();
  run.allow_loss = {LossKind::Images, LossKind::Objects};
  const auto outcome = run_pipeline(run, street.environment());
  ASSERT_EQ(outcome.code, ExitCode::Done) << message_of(outcome);
  EXPECT_EQ(outcome.result.dataset->images, 7);
  EXPECT_EQ(outcome.result.dataset->annotations, 7);
  EXPECT_EQ(outcome.result.dataset->damaged_images, 1);
  EXPECT_EQ(outcome.result.dataset->missing_images, 1);
  EXPECT_EQ(outcome.result.dataset->problems, 2);
  EXPECT_EQ(outcome.result.pipeline->skipped_images, 2);
  const auto m = manifest_of(street.output());
  ASSERT_EQ(m.skipped.size(), 2U);
  EXPECT_TRUE(std::any_of(m.skipped.begin(), m.skipped.end(), [](const auto& s) {
    return s.from == "scanner-a/images/img1.jpg" && s.reason.rfind("DamagedImage", 0) == 0;
  }));
  EXPECT_FALSE(fs::exists(street.output() / "images/img1.jpg"));
  EXPECT_FALSE(fs::exists(street.output() / "labels/img1.txt"));
}

TEST(RunPipeline, AnImageWhoseHeaderCannotBeReadIsCountedOnce) {
  const StreetStores street;
  auto coco = Json::parse(read_file(street.a() / "annotation.json"));
  coco["images"][1].erase("width");
  coco["images"][1].erase("height");
  write_file(street.a() / "annotation.json", coco.dump());
  write_file(street.a() / "images/img1.jpg", "no picture");
  auto run = street.run();
  run.sources.resize(1);
  run.sources[0].manipulators.clear();
  run.post_merge.clear();
  run.output.format = Format("COCO");
  run.allow_loss = {LossKind::Images, LossKind::Objects};
  const auto outcome = run_pipeline(run, street.environment());
  ASSERT_EQ(outcome.code, ExitCode::Done) << message_of(outcome);
  EXPECT_EQ(outcome.result.dataset->images, 5);
  EXPECT_EQ(outcome.result.dataset->damaged_images, 1);
}

TEST(RunPipeline, ADatasetOfOnlyDamagedImagesIsAFailure) {
  const StreetStores street;
  for (const auto& source : {street.a(), street.b()}) {
    for (const auto& entry : fs::directory_iterator(source / "images")) {
      const auto bytes = read_file(entry.path());
      write_file(entry.path(), bytes.substr(0, bytes.size() - 200));
    }
  }
  const auto outcome = run_pipeline(street.run(), street.environment());
  EXPECT_EQ(outcome.code, ExitCode::QualityFailed) << message_of(outcome);
  EXPECT_FALSE(fs::exists(street.output() / "manifest.json"));
}

TEST(RunPipeline, ADamagedImageThatNobodyAllowedStopsTheRunAndTakesItsFilesAway) {
  const StreetStores street;
  const auto bytes = read_file(street.a() / "images/img1.jpg");
  write_file(street.a() / "images/img1.jpg", bytes.substr(0, bytes.size() / 2));
  auto run = street.run();
  run.allow_loss = {LossKind::Masks};
  const auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::LossNotAllowed);
  EXPECT_NE(message_of(outcome).find("Images: 1 (DamagedImage scanner-a/images/img1.jpg"), std::string::npos)
      << message_of(outcome);
  EXPECT_EQ(outcome.result.pipeline->loss.at("Images"), 1);
  EXPECT_FALSE(fs::exists(street.output()));
}

TEST(RunPipeline, AVersionMadeWithLossesIsNotTakenUpByARunThatDoesNotAllowThem) {
  const StreetStores street;
  const auto bytes = read_file(street.a() / "images/img1.jpg");
  write_file(street.a() / "images/img1.jpg", bytes.substr(0, bytes.size() / 2));
  auto run = street.run();
  run.allow_loss = {LossKind::All};
  ASSERT_EQ(run_pipeline(run, street.environment()).code, ExitCode::Done);
  run.allow_loss = {LossKind::Masks};
  EXPECT_EQ(run_pipeline(run, street.environment()).code, ExitCode::LossNotAllowed);
  EXPECT_TRUE(fs::exists(street.output() / "manifest.json")) << "the version itself stays";
}

TEST(RunPipeline, AMissingImageThatNoStepRemovedIsALossWithItsObjects) {
  const StreetStores street;
  fs::remove(street.a() / "images/img2.jpg");
  auto run = street.run();
  run.allow_loss = {LossKind::Masks};
  const auto outcome = run_pipeline(run, street.environment());
  EXPECT_EQ(outcome.code, ExitCode::LossNotAllowed);
  EXPECT_NE(message_of(outcome).find("Images: 1 (MissingImage scanner-a/images/img2.jpg"), std::string::npos)
      << message_of(outcome);
  EXPECT_FALSE(fs::exists(street.output()));
}

TEST(RunPipeline, UnitesTheFileThatBothSourcesHave) {
  const StreetStores street;
  write_file(street.b() / "images/img0.png", read_file(street.a() / "images/img0.jpg"));
  auto run = street.run();
  run.sources[0].manipulators.clear();
  const auto outcome = run_pipeline(run, street.environment());
  ASSERT_EQ(outcome.code, ExitCode::Done) << message_of(outcome);
  EXPECT_EQ(outcome.result.dataset->images, 8);
  EXPECT_EQ(outcome.result.dataset->annotations, 9);
  EXPECT_EQ(outcome.findings.count("SamePicture"), 1);
  const auto m = manifest_of(street.output());
  EXPECT_TRUE(std::any_of(m.renames.begin(), m.renames.end(), [](const auto& r) {
    return r.from == "scanner-b/images/img0.png" && r.to == "images/img0.jpg";
  }));
  run.output.path = "fusion/other";
  const auto text = explain_pipeline(run, street.environment(), 100);
  ASSERT_TRUE(text.ok());
  EXPECT_NE(text->find("; same bytes as scanner-b:images/img0.png\n"), std::string::npos) << *text;
}

TEST(RunPipeline, ShardsInAnyOrderMakeTheSameDatasetAsOneProcess) {
  const StreetStores street(9);
  const auto bytes = read_file(street.a() / "images/img3.jpg");
  write_file(street.a() / "images/img3.jpg", bytes.substr(0, bytes.size() / 2));
  const auto one = run_pipeline(street.run("v1.0.0"), street.environment(0, 1));
  ASSERT_EQ(one.code, ExitCode::Done) << message_of(one);
  auto run = street.run("v1.0.1");
  run.shards = 3;
  for (const std::int32_t shard : {2, 0}) {
    const auto part = run_pipeline(run, street.environment(shard));
    ASSERT_EQ(part.code, ExitCode::Done) << message_of(part);
    EXPECT_FALSE(part.result.pipeline->published);
    EXPECT_FALSE(fs::exists(street.output("v1.0.1") / "manifest.json"));
  }
  const auto last = run_pipeline(run, street.environment(1));
  ASSERT_EQ(last.code, ExitCode::Done) << message_of(last);
  EXPECT_TRUE(last.result.pipeline->published);
  EXPECT_EQ(last.result.dataset->digest, one.result.dataset->digest);
  EXPECT_FALSE(fs::exists(street.output("v1.0.1") / ".visionops"));
  auto a = StreetStores::files(street.output("v1.0.0"));
  auto b = StreetStores::files(street.output("v1.0.1"));
  a.erase("manifest.json");
  b.erase("manifest.json");
  EXPECT_EQ(a, b);
}

TEST(RunPipeline, AShardThatRunsAgainAfterPublicationChangesNothing) {
  const StreetStores street;
  auto run = street.run();
  run.shards = 2;
  ASSERT_EQ(run_pipeline(run, street.environment(0)).code, ExitCode::Done);
  ASSERT_EQ(run_pipeline(run, street.environment(1)).code, ExitCode::Done);
  const auto before = StreetStores::files(street.output());
  const auto again = run_pipeline(run, street.environment(0));
  EXPECT_TRUE(again.result.pipeline->reused);
  EXPECT_EQ(StreetStores::files(street.output()), before);
}

TEST(RunPipeline, TakesOverTheUnfinishedFolderOfAnotherPlan) {
  const StreetStores street;
  auto first = street.run();
  first.shards = 2;  // only one of two shards runs: never published
  first.seed = 99;
  first.sources[0].manipulators.clear();
  ASSERT_EQ(run_pipeline(first, street.environment(0)).code, ExitCode::Done);
  const auto outcome = run_pipeline(street.run(), street.environment());
  ASSERT_EQ(outcome.code, ExitCode::Done) << message_of(outcome);
  const StreetStores fresh;
  const auto expected = run_pipeline(fresh.run(), fresh.environment());
  EXPECT_EQ(outcome.result.dataset->digest, expected.result.dataset->digest);
  EXPECT_FALSE(fs::exists(street.output() / ".visionops"));
}

TEST(RunPipeline, AStopLeavesTheFolderForTheNextAttempt) {
  const StreetStores street(20);
  const auto stopped = run_until_three_images(street);
  EXPECT_EQ(stopped.code, ExitCode::Terminated);
  EXPECT_FALSE(fs::exists(street.output() / "manifest.json"));
  const auto resumed = run_pipeline(street.run(), street.environment());
  ASSERT_EQ(resumed.code, ExitCode::Done) << message_of(resumed);
  const StreetStores fresh(20);
  EXPECT_EQ(resumed.result.dataset->digest, run_pipeline(fresh.run(), fresh.environment()).result.dataset->digest);
}

TEST(RunPipeline, LabelsOfAnEarlierAttemptVanishWithTheirImage) {
  const StreetStores street(20);
  ASSERT_EQ(run_until_three_images(street).code, ExitCode::Terminated);
  std::string stem;
  for (const auto& entry : fs::directory_iterator(street.output() / "images")) {
    if (entry.path().extension() == ".jpg") stem = entry.path().stem().string();
  }
  const auto image = street.output() / "images" / (stem + ".jpg");
  const auto labels = street.output() / "labels" / (stem + ".txt");
  ASSERT_TRUE(fs::exists(labels)) << labels;
  // as after a power cut, and on a disk that goes bad
  write_file(image, "cut");
  const auto source = street.a() / "images" / (stem + ".jpg");
  write_file(source, std::string(fs::file_size(source), 'x'));

  const auto resumed = run_pipeline(street.run(), street.environment());
  ASSERT_EQ(resumed.code, ExitCode::Done) << message_of(resumed);
  EXPECT_EQ(resumed.result.pipeline->skipped_images, 1);
  EXPECT_FALSE(fs::exists(image));
  EXPECT_FALSE(fs::exists(labels));
}

TEST(RunPipeline, ReportsItsStagesInOrderAndProgressNeverGoesBack) {
  const StreetStores street;
  std::vector<contract::Progress> seen;
  auto environment = street.environment();
  environment.progress = [&](const contract::Progress& p) { seen.push_back(p); };
  ASSERT_EQ(run_pipeline(street.run(), environment).code, ExitCode::Done);
  std::vector<std::string> stages;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (stages.empty() || stages.back() != seen[i].stage) {
      stages.push_back(seen[i].stage);
    } else {
      EXPECT_GE(seen[i].done, seen[i - 1].done);
    }
    EXPECT_LE(seen[i].done, seen[i].total);
  }
  EXPECT_EQ(stages, (std::vector<std::string>{"AnnotationProcessing", "ImageWriting", "Publishing"}));
  EXPECT_EQ(seen.back().done, seen.back().total);
}

TEST(ExplainPipeline, PrintsThePlanAndWritesNothing) {
  const StreetStores street;
  auto run = street.run();
  run.allow_loss.clear();
  const auto text = explain_pipeline(run, street.environment(), 100);
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_NE(text->find("images/img0.jpg <- scanner-a:images/img0.jpg  recode: rotate 180, JPEG quality <= 80\n"),
            std::string::npos)
      << *text;
  EXPECT_NE(text->find(
                "images/img0-2.png <- scanner-b:images/img0.png  copy; renamed: the name belongs to images/img0.jpg\n"),
            std::string::npos)
      << *text;
  EXPECT_FALSE(fs::exists(street.store() / "fusion"));
}

}  // namespace
}  // namespace visionops::pipeline::test
