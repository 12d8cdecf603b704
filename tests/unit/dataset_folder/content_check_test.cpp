#include "worker/dataset/content_check.h"

#include "tests/unit/dataset_folder/inspected_dataset.h"

namespace visionops::dataset_folder {
namespace {

using namespace std::chrono_literals;

class ContentCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    in_.put("d/annotation.json", R"({"names":["car"]})");
    for (const char* name : {"d/images/a.jpg", "d/images/b.jpg", "d/images/c.jpg"}) in_.put(name, name);
    location_ = in_.inspect("d", "u-1");
  }
  ContentCheck check() {
    counting_.reads = 0;
    const auto checked = check_content(counting_, location_);
    EXPECT_TRUE(checked.ok()) << checked.error().message;
    return checked.ok() ? *checked : ContentCheck{};
  }
  void touch(const std::string& path) {
    const auto file = in_ / path;
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + 60s);
  }
  InspectedStore in_;
  CountingStore counting_{in_.store()};
  contract::DatasetLocation location_;
};

TEST_F(ContentCheckTest, ReadsNothingWhereTheListingIsTheSame) {
  const auto checked = check();
  EXPECT_EQ(checked.changed, "");
  EXPECT_EQ(checked.fingerprint, location_.fingerprint);
  EXPECT_EQ(counting_.reads, 0);
}

TEST_F(ContentCheckTest, FilesWithOtherTimesButTheirBytesAreTheSame) {
  touch("d/images/b.jpg");
  const auto checked = check();
  EXPECT_EQ(checked.changed, "");
  EXPECT_NE(checked.fingerprint, location_.fingerprint);
  EXPECT_EQ(counting_.reads, 4) << "every data file once";
  location_.fingerprint = checked.fingerprint;
  EXPECT_EQ(check().changed, "");
  EXPECT_EQ(counting_.reads, 0) << "asked again with the listing that was found";
}

TEST_F(ContentCheckTest, WithoutAFingerprintTheDigestTells) {
  location_.fingerprint = "";
  EXPECT_EQ(check().changed, "");
  EXPECT_EQ(counting_.reads, 4);
}

TEST_F(ContentCheckTest, NamesWhatChangedWhatIsMissingAndWhatWasAdded) {
  in_.put("d/annotation.json", R"({"names":["bus"]})");  // as long as before
  touch("d/annotation.json");
  std::filesystem::remove(in_ / "d/images/b.jpg");
  for (const char* name : {"d/images/e.jpg", "d/images/f.jpg", "d/images/g.jpg", "d/images/h.jpg"}) in_.put(name);
  EXPECT_EQ(check().changed,
            "the files of Dataset street (store datasets, d) are not those it was Ready with: 1 changed "
            "(annotation.json); 1 missing (images/b.jpg); 4 added (images/e.jpg, images/f.jpg, images/g.jpg, ...)");
}

TEST_F(ContentCheckTest, TellsTheDigestsWhereTheListIsNotThereOrOfAnother) {
  in_.put("d/images/a.jpg", "other");
  std::filesystem::rename(in_ / ".visionops/datasets/u-1", in_ / ".visionops/datasets/u-2");
  EXPECT_NE(check().changed.find("they have digest sha256:"), std::string::npos);
  location_.uid = "u-2";
  EXPECT_NE(check().changed.find("it has " + location_.digest), std::string::npos) << "the list of uid u-1";
}

TEST_F(ContentCheckTest, FilesThatAreNoDataDoNotMatter) {
  for (const char* name : {"d/manifest.json", "d/README.md", "d/eda.json", "d/.visionops/plan"}) in_.put(name);
  EXPECT_EQ(check().changed, "");
  EXPECT_EQ(counting_.reads, 0);
}

TEST_F(ContentCheckTest, AConversionByHandHasNothingToCompare) {
  location_.digest = "listing:abc";
  EXPECT_EQ(check().changed, "");
  EXPECT_EQ(counting_.reads, 0);
}

TEST_F(ContentCheckTest, AVerificationReadsWhatTheListingHides) {
  const auto file = in_ / "d/images/a.jpg";
  const auto before = std::filesystem::last_write_time(file);
  in_.put("d/images/a.jpg", "d/images/A.jpg");  // as long as before
  std::filesystem::last_write_time(file, before);
  EXPECT_EQ(check().changed, "") << "size and time are as they were";
  const auto found = verify_content(counting_, location_);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_FALSE(found->same);
  EXPECT_EQ(found->differences->changed.first, (std::vector<std::string>{"images/a.jpg"}));
  for (int i = 0; i < 12; ++i) in_.put("d/images/new-" + std::to_string(i) + ".jpg");
  const auto more = verify_content(counting_, location_);
  EXPECT_EQ(more->differences->added.count, 12U);
  EXPECT_EQ(more->differences->added.first.size(), 10U) << "the first ten are named";
}

TEST_F(ContentCheckTest, AVerificationOfTheSameFilesReadsThemAll) {
  counting_.reads = 0;
  const auto found = verify_content(counting_, location_);
  EXPECT_TRUE(found->same);
  EXPECT_EQ(found->files, 4);
  EXPECT_FALSE(found->differences);
  EXPECT_EQ(counting_.reads, 4);
}

TEST_F(ContentCheckTest, AFolderThatIsGoneIsMissing) {
  std::filesystem::remove_all(in_ / "d");
  EXPECT_EQ(check_content(*in_.store(), location_).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(verify_content(*in_.store(), location_).error().cls, ErrorClass::NotFound);
}

}  // namespace
}  // namespace visionops::dataset_folder
