#include "worker/dataset/remove.h"

#include "tests/unit/dataset_folder/inspected_dataset.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/manifest.h"

namespace visionops::dataset_folder {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

class RemoveTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"raw/annotation.json", "raw/images/a.jpg", "raw/images/b.jpg"}) in_.put(name, name);
  }
  contract::RemovalFacts remove(const contract::DatasetLocation& location,
                                const std::vector<contract::KeptFolder>& keep = {}) {
    const auto removed = remove_dataset(*in_.store(), {location, keep});
    EXPECT_TRUE(removed.ok()) << removed.error().message;
    return removed.ok() ? *removed : contract::RemovalFacts{};
  }
  /// A manifest as a Pipeline leaves it, of the files that are there.
  void put_manifest(const std::string& path, const std::string& digest) {
    Manifest manifest;
    manifest.engine_version = "1";
    manifest.format = Format("COCO");
    const auto digested = *digest_dataset(*in_.store(), path, Format("COCO"));
    for (const auto& file : digested.files) {
      manifest.files.push_back({file.path, file.size, file.sha256, "", ""});
    }
    manifest.digest = digest;
    in_.put(path + "/manifest.json", encode(manifest));
  }
  InspectedStore in_;
};

TEST_F(RemoveTest, RemovesExactlyTheListedFilesAndThenTheFolders) {
  const auto location = in_.inspect("raw", "u-1");
  in_.put(".visionops/datasets/u-1/eda.json");
  const auto facts = remove(location);
  EXPECT_EQ(facts.removed, 3);
  EXPECT_EQ(facts.unlisted, 0);
  EXPECT_EQ(facts.refused, "");
  EXPECT_FALSE(in_.has("raw"));
  EXPECT_FALSE(in_.has(".visionops/datasets/u-1")) << "the platform's own files are of no use any more";
}

TEST_F(RemoveTest, LeavesWhatIsNotItsOwn) {
  in_.put("raw/images/stray.jpg");
  const auto location = in_.inspect("raw", "u-1", {"images/stray.jpg"});
  for (const char* name : {"raw/holiday.jpg", "raw/notes/mine.txt", "raw/more/later.jpg", "raw/eda.json"})
    in_.put(name);
  const auto facts = remove(location);
  EXPECT_EQ(facts.removed, 3);
  EXPECT_EQ(facts.unlisted, 5);
  EXPECT_EQ(facts.left, (Names{"eda.json", "holiday.jpg", "images/stray.jpg", "more/later.jpg"}));
  for (const char* name : {"raw/holiday.jpg", "raw/notes/mine.txt", "raw/more/later.jpg", "raw/images/stray.jpg"}) {
    EXPECT_TRUE(in_.has(name)) << name;
  }
  EXPECT_FALSE(in_.has("raw/annotation.json"));
}

TEST_F(RemoveTest, LeavesFilesInTheFoldersOfOthers) {
  for (const char* name : {"raw/b/images/x.jpg", "raw/bb/images/y.jpg"}) in_.put(name);
  const auto location = in_.inspect("raw", "u-1");
  in_.put("raw/b/README.md");
  const auto facts = remove(location, {{"raw/b", "harbour", ""}});
  EXPECT_EQ(facts.shared, 2) << "listed here or not";
  EXPECT_EQ(facts.unlisted, 0);
  EXPECT_EQ(facts.owners, Names{"harbour"});
  EXPECT_EQ(facts.removed, 4);
  EXPECT_TRUE(in_.has("raw/b/images/x.jpg"));
  EXPECT_FALSE(in_.has("raw/bb")) << "raw/bb does not lie in raw/b";
}

TEST_F(RemoveTest, LeavesEverythingWhenAnotherHoldsTheFolderOrHasTheSame) {
  const auto location = in_.inspect("raw/images", "u-1");
  for (const char* path : {"raw", "raw/images"}) {
    const auto again = in_.inspect("raw/images", "u-1");
    const auto facts = remove(again, {{path, "harbour", ""}});
    EXPECT_EQ(facts.removed, 0) << path;
    EXPECT_EQ(facts.shared, 2) << path;
    EXPECT_TRUE(in_.has("raw/images/a.jpg")) << path;
  }
}

TEST_F(RemoveTest, AnotherNamespaceCountsOnlyWhereItsListIsInThisStore) {
  const auto location = in_.inspect("raw", "u-1");
  const std::vector<contract::KeptFolder> keep{{"raw", "", file_list_path("u-2")}};
  in_.put(file_list_path("u-2"));
  const auto shared = remove(location, keep);
  EXPECT_EQ(shared.removed, 0);
  EXPECT_EQ(shared.owners, Names{"a Dataset of another namespace"});
  std::filesystem::remove(in_ / file_list_path("u-2"));
  EXPECT_EQ(remove(in_.inspect("raw", "u-1"), keep).removed, 3) << "the other has a store of its own";
}

TEST_F(RemoveTest, LeavesFilesThatWereReplacedSince) {
  const auto location = in_.inspect("raw", "u-1");
  const auto later = std::filesystem::last_write_time(in_ / "raw/images/a.jpg") + 60s;
  in_.put("raw/images/a.jpg", "raw/images/A.jpg");  // of the same size
  std::filesystem::last_write_time(in_ / "raw/images/a.jpg", later);
  in_.put("raw/annotation.json", "longer than it was before");
  std::filesystem::last_write_time(in_ / "raw/images/b.jpg", later);  // touched
  const auto facts = remove(location);
  EXPECT_EQ(facts.replaced, 2);
  EXPECT_EQ(facts.removed, 1) << "the touched one has the listed bytes";
  EXPECT_EQ(facts.left, (Names{"annotation.json", "images/a.jpg"}));
}

TEST_F(RemoveTest, GoesOnWhereItWasKilled) {
  for (int removals = 0; removals < 6; ++removals) {
    SetUp();
    const auto location = in_.inspect("raw", "u-1");
    put_manifest("raw", location.digest);
    CountingStore dying(in_.store());
    dying.removals_left = removals;
    EXPECT_FALSE(remove_dataset(dying, {location, {}}).ok()) << removals;
    remove(location);
    EXPECT_FALSE(in_.has("raw")) << removals;
    EXPECT_FALSE(in_.has(".visionops/datasets/u-1")) << removals;
  }
}

TEST_F(RemoveTest, RemovesNothingByAListOfAnotherOrAForgedOne) {
  auto location = in_.inspect("raw", "u-1");
  const auto refused = [&](contract::DatasetLocation changed, const char* word) {
    const auto facts = remove_dataset(*in_.store(), {changed, {}});
    ASSERT_TRUE(facts.ok());
    EXPECT_EQ(facts->removed, 0) << word;
    EXPECT_NE(facts->refused.find(word), std::string::npos) << facts->refused;
    EXPECT_TRUE(in_.has("raw/images/a.jpg")) << word;
    location = in_.inspect("raw", "u-1");
  };
  auto other = location;
  other.digest = "sha256:0";
  refused(other, "of the digest");
  std::filesystem::create_directories(in_ / "elsewhere");
  in_.put("elsewhere/images/a.jpg");
  other = location;
  other.path = "elsewhere";
  refused(other, "of the folder");
  std::filesystem::create_directories(in_ / ".visionops/datasets/u-2");
  std::filesystem::copy_file(in_ / file_list_path("u-1"), in_ / file_list_path("u-2"));
  other = location;
  other.uid = "u-2";
  refused(other, "uid");
  auto list = *read_file_list(*in_.store(), location);
  in_.put("raw/holiday.jpg");
  list.files.push_back({{"holiday.jpg", 1, "aa", 0}, false});
  in_.put(file_list_path("u-1"), encode(list));
  refused(location, "do not have the digest");
  other = location;
  other.uid = "never-inspected";
  refused(other, "no list");
}

TEST_F(RemoveTest, WithoutAListAManifestOfThisContentTells) {
  auto location = in_.inspect("raw", "u-1");
  location.uid = "of-an-earlier-version";
  in_.put("raw/holiday.jpg");
  put_manifest("raw", "sha256:other");
  EXPECT_NE(remove(location).refused, "");
  std::filesystem::remove(in_ / "raw/holiday.jpg");
  put_manifest("raw", location.digest);
  in_.put("raw/holiday.jpg");
  EXPECT_EQ(remove(location).removed, 4) << "with the manifest itself";
  EXPECT_TRUE(in_.has("raw/holiday.jpg"));
  EXPECT_FALSE(in_.has("raw/images"));
}

TEST_F(RemoveTest, ForeignManifestsStay) {
  const auto location = in_.inspect("raw", "u-1");
  in_.put("raw/manifest.json", "{\"of\": \"somebody\"}");
  EXPECT_EQ(remove(location).unlisted, 1);
  EXPECT_TRUE(in_.has("raw/manifest.json"));
}

TEST_F(RemoveTest, LinksAreNeitherFollowedNorRemoved) {
  const auto location = in_.inspect("raw", "u-1");
  in_.put("precious/a.jpg", "raw/images/a.jpg");
  std::filesystem::remove_all(in_ / "raw/images");
  std::filesystem::create_directory_symlink(in_ / "precious", in_ / "raw/images");
  const auto facts = remove(location);
  EXPECT_EQ(facts.removed, 1) << "annotation.json";
  EXPECT_TRUE(in_.has("precious/a.jpg"));
  EXPECT_TRUE(std::filesystem::is_symlink(in_ / "raw/images"));
}

TEST_F(RemoveTest, WhatIsGoneAlreadyIsFineAndPathsOutsideAreInvalid) {
  auto location = in_.inspect("raw", "u-1");
  EXPECT_EQ(remove(location).removed, 3);
  EXPECT_EQ(remove(location).refused, "") << "nothing is there that could stay";
  for (const char* path : {"", "raw/../raw", "/raw"}) {
    location.path = path;
    EXPECT_EQ(remove_dataset(*in_.store(), {location, {}}).error().cls, ErrorClass::Invalid) << path;
  }
  location.path = "raw";
  location.uid = "../../raw";
  EXPECT_EQ(remove_dataset(*in_.store(), {location, {}}).error().cls, ErrorClass::Invalid);
}

}  // namespace
}  // namespace visionops::dataset_folder
