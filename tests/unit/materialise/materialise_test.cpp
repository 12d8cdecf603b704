#include "worker/pipeline/materialise/materialise.h"
#include "worker/pipeline/pixels/operations/reencode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "tests/unit/materialise/pictures.h"

namespace visionops::pipeline::test {
namespace {

namespace fs = std::filesystem;

class Materialise : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_.path() / "in/images");
    fs::create_directories(folder_.path() / "out");
    auto in = storage::open_local_store((folder_.path() / "in").string());
    auto out = storage::open_local_store((folder_.path() / "out").string());
    ASSERT_TRUE(in.ok() && out.ok());
    sources_ = {{*in, ""}};
    output_ = {*out, "v1"};
  }
  void put(const std::string& name, const std::string& bytes, ImageOperations operations = {}) {
    std::ofstream(folder_.path() / "in/images" / name, std::ios::binary) << bytes;
    PlanItem item;
    item.source_path = "images/" + name;
    item.source_bytes = static_cast<std::int64_t>(bytes.size());
    item.destination = "images/" + name;
    item.operations = std::move(operations);
    plan_.items.push_back(item);
  }
  MaterialiseInput input() { return {plan_, sources_, output_, ImageMode::Copy, 0, 1, 2, false, {}, {}, {}}; }
  std::map<std::string, std::string> written() const {
    std::map<std::string, std::string> files;
    const auto root = folder_.path() / "out";
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      files[fs::relative(entry.path(), root).string()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return files;
  }

  TemporaryFolder folder_;
  std::vector<SourceFolder> sources_;
  SourceFolder output_;
  Plan plan_;
};

TEST_F(Materialise, CopiesBytesAndRecodesWhatHasOperations) {
  const auto a = jpeg(gradient(64, 48));
  put("a.jpg", a);
  put("b.jpg", a, {Rotate180{}});
  const auto out = materialise(input());
  ASSERT_TRUE(out.ok()) << out.error().message;
  ASSERT_EQ(out->written.size(), 2U);
  EXPECT_EQ(out->written[0].how, WrittenBy::Copy);
  EXPECT_EQ(out->written[1].how, WrittenBy::Recode);
  const auto files = written();
  EXPECT_EQ(files.at("v1/images/a.jpg"), a);
  EXPECT_GT(psnr(decoded(files.at("v1/images/b.jpg")), turned(decoded(a))), 36);
  EXPECT_EQ(out->written[0].file.size, static_cast<std::int64_t>(a.size()));
  EXPECT_EQ(out->written[0].file.sha256.size(), 64U);
}

TEST_F(Materialise, LinksShareTheFile) {
  put("a.jpg", jpeg(gradient(64, 48)));
  auto in = input();
  in.images = ImageMode::Link;
  ASSERT_TRUE(materialise(in).ok());
  EXPECT_TRUE(fs::equivalent(folder_.path() / "in/images/a.jpg", folder_.path() / "out/v1/images/a.jpg"));
}

TEST_F(Materialise, ThreadsAndShardsDoNotChangeTheResult) {
  for (int i = 0; i < 24; ++i) {
    put("i" + std::to_string(i) + ".jpg", jpeg(gradient(60 + i, 50)),
        i % 2 ? ImageOperations{Rotate180{}, Reencode{70}} : ImageOperations{});
  }
  auto in = input();
  in.threads = 1;
  ASSERT_TRUE(materialise(in).ok());
  const auto one = written();
  in.output.folder = "v1-in-shards";
  in.threads = 4;
  in.shards = 3;
  for (in.shard = 0; in.shard < 3; ++in.shard) {
    const auto part = materialise(in);
    ASSERT_TRUE(part.ok());
    EXPECT_EQ(part->written.size(), 8U);
  }
  const auto both = written();
  ASSERT_EQ(both.size(), 2 * one.size());
  for (const auto& [path, bytes] : one) EXPECT_EQ(both.at("v1-in-shards" + path.substr(2)), bytes) << path;
}

TEST_F(Materialise, SkipsDamagedMissingAndStrangeFilesAndSaysWhy) {
  const auto good = jpeg(gradient(64, 48));
  put("good.jpg", good);
  put("cut.jpg", good.substr(0, good.size() / 2));
  put("cut_turned.jpg", good.substr(0, good.size() / 2), {Rotate180{}});
  put("gone.jpg", good);
  fs::remove(folder_.path() / "in/images/gone.jpg");
  put("link.jpg", good);
  fs::remove(folder_.path() / "in/images/link.jpg");
  fs::create_symlink("good.jpg", folder_.path() / "in/images/link.jpg");
  const auto out = materialise(input());
  ASSERT_TRUE(out.ok()) << out.error().message;
  EXPECT_EQ(out->written.size(), 1U);
  ASSERT_EQ(out->skipped.size(), 4U);
  EXPECT_EQ(out->skipped[0].kind, "DamagedImage");
  EXPECT_EQ(out->skipped[1].kind, "DamagedImage");
  EXPECT_EQ(out->skipped[2].kind, "MissingImage");
  EXPECT_EQ(out->skipped[3].kind, "UnsupportedImage");
  EXPECT_EQ(written().size(), 1U);
}

TEST_F(Materialise, GoesOnWhereAnEarlierRunStopped) {
  put("a.jpg", jpeg(gradient(64, 48)), {Rotate180{}, Reencode{60}});
  put("b.jpg", jpeg(gradient(32, 48)));
  const auto first = materialise(input());
  ASSERT_TRUE(first.ok());
  const auto before = written();
  fs::remove(folder_.path() / "out/v1/images/b.jpg");
  auto in = input();
  in.trust_existing = true;
  const auto second = materialise(in);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->written[0].how, WrittenBy::EarlierRun);
  EXPECT_EQ(second->written[1].how, WrittenBy::Copy);
  EXPECT_EQ(second->written[0].file.sha256, first->written[0].file.sha256);
  EXPECT_EQ(written(), before);
}

TEST_F(Materialise, MakesAFileAgainThatAPowerCutLeftEmpty) {
  put("a.jpg", jpeg(gradient(64, 48)), {Rotate180{}, Reencode{60}});
  put("b.jpg", jpeg(gradient(32, 48)));
  ASSERT_TRUE(materialise(input()).ok());
  const auto before = written();
  std::ofstream(folder_.path() / "out/v1/images/a.jpg", std::ios::trunc);
  std::ofstream(folder_.path() / "out/v1/images/b.jpg", std::ios::trunc) << std::string(100, '\0');
  auto in = input();
  in.trust_existing = true;
  ASSERT_TRUE(materialise(in).ok());
  EXPECT_EQ(written(), before);
}

TEST_F(Materialise, ReplacesWhatItMayNotTrust) {
  put("a.jpg", jpeg(gradient(64, 48)));
  fs::create_directories(folder_.path() / "out/v1/images");
  std::ofstream(folder_.path() / "out/v1/images/a.jpg") << "something else";
  ASSERT_TRUE(materialise(input()).ok());
  EXPECT_EQ(written().at("v1/images/a.jpg"), jpeg(gradient(64, 48)));
}

TEST_F(Materialise, RemovesAnImageOfAnEarlierRunWhoseSourceWentBad) {
  put("a.jpg", jpeg(gradient(64, 48)), {Rotate180{}, Reencode{60}});
  ASSERT_TRUE(materialise(input()).ok());
  std::ofstream(folder_.path() / "in/images/a.jpg", std::ios::trunc) << "bad";
  const auto out = materialise(input());
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->skipped.size(), 1U);
  EXPECT_TRUE(written().empty());
}

TEST_F(Materialise, StopsWhenAskedAndLeavesOnlyWholeFiles) {
  for (int i = 0; i < 30; ++i)
    put("i" + std::to_string(i) + ".jpg", jpeg(gradient(64, 48)), {Rotate180{}, Reencode{50}});
  std::stop_source stop;
  auto in = input();
  in.stop = stop.get_token();
  in.progress = [&](std::int64_t done) {
    if (done == 5) stop.request_stop();
  };
  const auto out = materialise(in);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().cls, ErrorClass::Cancelled);
  const auto files = written();
  EXPECT_LT(files.size(), 30U);
  for (const auto& [path, bytes] : files) EXPECT_FALSE(decoded(bytes).empty()) << path;
}

TEST_F(Materialise, ReportsProgressThatOnlyGrows) {
  for (int i = 0; i < 20; ++i) put("i" + std::to_string(i) + ".jpg", jpeg(gradient(64, 48)));
  std::vector<std::int64_t> seen;
  auto in = input();
  in.progress = [&](std::int64_t done) { seen.push_back(done); };
  ASSERT_TRUE(materialise(in).ok());
  ASSERT_EQ(seen.size(), 20U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 20);
}

TEST_F(Materialise, AnOutputThatCannotBeWrittenIsAnErrorOfTheRun) {
  put("a.jpg", jpeg(gradient(64, 48)));
  std::ofstream(folder_.path() / "out/v1") << "a file where the folder should be";
  const auto out = materialise(input());
  ASSERT_FALSE(out.ok());
  EXPECT_NE(out.error().message.find("images/a.jpg"), std::string::npos) << out.error().message;
}

}  // namespace
}  // namespace visionops::pipeline::test
