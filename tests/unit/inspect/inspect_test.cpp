#include "worker/inspect/inspect.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/data_files.h"
#include "worker/inspect/report.h"

namespace visionops::inspect {
namespace {

constexpr const char* kCoco =
    R"({"images":[{"id":1,"file_name":"a.jpg","width":40,"height":30},{"id":2,"file_name":"b.jpg","width":400,"height":300},
  {"id":3,"file_name":"gone.jpg","width":40,"height":30}],
  "categories":[{"id":5,"name":"car"},{"id":9,"name":"bus"},{"id":10,"name":"never"}],
  "annotations":[{"id":1,"image_id":1,"category_id":5,"bbox":[0,0,10,10],"area":60,"iscrowd":0,"segmentation":[[0,0,10,0,10,10]]},
    {"id":2,"image_id":1,"category_id":5,"bbox":[0,0,40,30]},
    {"id":3,"image_id":2,"category_id":9,"bbox":[0,0,200,100],"iscrowd":1,"attributes":{"a":1}},
    {"id":4,"image_id":2,"category_id":77,"bbox":[0,0,1,1]}]})";

class InspectTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.put("d/annotation.json", kCoco);
    folder_.put("d/images/a.jpg", tests::picture());
    folder_.put("d/images/b.jpg", tests::picture(".jpg", 400, 300).substr(0, 3000));
  }
  Inspection inspect(InspectOptions options = {}) {
    store_ = *storage::open_local_store(folder_.path().string());
    auto inspection = inspect_dataset(*store_, "d", options);
    EXPECT_TRUE(inspection.ok()) << inspection.error().message;
    return std::move(*inspection);
  }
  tests::TemporaryFolder folder_;
  std::shared_ptr<storage::StorageClient> store_;
};

TEST_F(InspectTest, CountsImagesObjectsAndClasses) {
  const auto facts = inspect().facts;
  EXPECT_EQ(facts.images, 3);
  EXPECT_EQ(facts.annotations, 3);
  EXPECT_EQ(facts.classes, 3);
  ASSERT_EQ(facts.class_counts.size(), 3U);
  EXPECT_EQ(facts.class_counts[0].name, "car");
  EXPECT_EQ(facts.class_counts[0].images, 1);
  EXPECT_EQ(facts.class_counts[0].objects, 2);
  EXPECT_EQ(facts.class_counts[2].objects, 0);
  ASSERT_TRUE(facts.fewest_images);
  EXPECT_EQ(facts.fewest_images->name, facts.class_counts[2].name);
}

TEST_F(InspectTest, CountsProblemsByKindWithTheirPlaces) {
  const auto facts = inspect().facts;
  EXPECT_EQ(facts.problems, 3);
  EXPECT_EQ(facts.missing_images, 1);
  EXPECT_EQ(facts.damaged_images, 1);
  EXPECT_EQ(facts.problems_by_kind.at("DanglingCategory"), 1);
  ASSERT_EQ(facts.first_problems.size(), 3U);
  EXPECT_EQ(facts.first_problems[0].position, "annotations[3].category_id");
  EXPECT_EQ(facts.first_problems[0].file, "annotation.json");
}

TEST_F(InspectTest, ListsTheFilesOfTheDigestAndMarksThoseThatNobodyNamed) {
  for (const char* name : {"d/holiday.jpg", "d/notes.json", "d/images/orphan.jpg"}) {
    folder_.put(name, std::string(name).ends_with(".json") ? "{}" : tests::picture());
  }
  const auto inspection = inspect({.format = Format("COCO")});
  std::vector<dataset_folder::DataFile> files;
  std::map<std::string, bool> stray;
  for (const auto& listed : inspection.files) {
    files.push_back(listed.file);
    stray[listed.file.path] = listed.stray;
    EXPECT_GT(listed.file.mtime_ns, 0) << listed.file.path;
  }
  EXPECT_EQ(dataset_folder::dataset_digest(files), inspection.facts.digest);
  EXPECT_EQ(stray, (std::map<std::string, bool>{{"annotation.json", false},
                                                {"images/a.jpg", false},
                                                {"images/b.jpg", false},
                                                {"holiday.jpg", true},
                                                {"notes.json", true},
                                                {"images/orphan.jpg", true}}));
}

TEST_F(InspectTest, TellsTheFingerprintOfTheFilesThatHaveTheDigest) {
  const auto facts = inspect({.format = Format("COCO")}).facts;
  const auto files = dataset_folder::data_files(*dataset_folder::list_dataset(*store_, "d"), Format("COCO"));
  EXPECT_EQ(facts.fingerprint, dataset_folder::listing_fingerprint(files));
  EXPECT_TRUE(inspect({.format = Format("COCO"), .annotations_only = true}).facts.fingerprint.empty());
}

TEST_F(InspectTest, DigestIsThatOfTheDatasetAndCostsNoSecondRead) {
  const auto facts = inspect({.format = Format("COCO"), .threads = 2}).facts;
  const auto digest = dataset_folder::digest_dataset(*store_, "d", Format("COCO"), 1);
  EXPECT_EQ(facts.digest, digest->digest);
  EXPECT_EQ(facts.size_bytes, digest->size_bytes);
  EXPECT_TRUE(inspect({.annotations_only = true}).facts.digest.empty());
}

TEST_F(InspectTest, StatisticsBinAreasAsCocoDoes) {
  const auto s = inspect().statistics;
  EXPECT_EQ(s.small_medium_large, (std::array<std::int64_t, 3>{1, 1, 1}));
  EXPECT_EQ(s.background_images, 1);
  EXPECT_EQ(s.crowd_objects, 1);
  EXPECT_EQ(s.objects_with_mask, 1);
  EXPECT_EQ(s.objects_with_attributes, 1);
  EXPECT_DOUBLE_EQ(s.box_width.most, 200);
  EXPECT_DOUBLE_EQ(s.box_width.mean, 250.0 / 3);
  EXPECT_EQ(s.image_sizes.at({40, 30}), 2);
  std::int64_t images = 0;
  for (const auto count : s.objects_per_image.counts) images += count;
  EXPECT_EQ(images, 3);
}

TEST_F(InspectTest, ReportIsJsonThatSaysTheSame) {
  const auto inspection = inspect();
  const auto report = nlohmann::json::parse(report_json(inspection));
  EXPECT_EQ(report["images"]["count"], 3);
  EXPECT_EQ(report["objects"]["crowd"], 1);
  EXPECT_EQ(report["classes"][1]["name"], "bus");
  EXPECT_EQ(report["problems"]["byKind"]["MissingImage"], 1);
  EXPECT_EQ(report["digest"], inspection.facts.digest);
  EXPECT_EQ(report_json(inspection), report_json(inspect()));
  EXPECT_NE(report_text(inspection).find("3 problems: DamagedImage 1 DanglingCategory 1 MissingImage 1"),
            std::string::npos)
      << report_text(inspection);
}

TEST_F(InspectTest, AnEmptyDatasetIsValid) {
  folder_.put("d/annotation.json", R"({"images":[],"annotations":[],"categories":[]})");
  std::filesystem::remove_all(folder_ / "d/images");
  const auto inspection = inspect();
  EXPECT_EQ(inspection.facts.images, 0);
  EXPECT_EQ(inspection.facts.problems, 0);
  EXPECT_NE(report_text(inspection).find("no problems"), std::string::npos);
}

TEST_F(InspectTest, AMissingFolderIsNotFoundAndBrokenJsonInvalid) {
  EXPECT_EQ(inspect_dataset(*storage::open_local_store(folder_.path().string()).value(), "none", {}).error().cls,
            ErrorClass::NotFound);
  folder_.put("d/annotation.json", "{");
  EXPECT_EQ(inspect_dataset(*storage::open_local_store(folder_.path().string()).value(), "d", {}).error().cls,
            ErrorClass::Invalid);
}

}  // namespace
}  // namespace visionops::inspect
