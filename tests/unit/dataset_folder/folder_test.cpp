#include <gtest/gtest.h>

#include "base/digest.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset_folder/data_yaml.h"
#include "worker/dataset_folder/digest.h"
#include "worker/dataset_folder/manifest.h"
#include "worker/dataset_folder/remove.h"

namespace visionops::dataset_folder {
namespace {

using tests::TemporaryFolder;

TEST(DatasetDigest, IsTheHashOfTheSortedLines) {
  const std::string expected =
      "sha256:" + sha256_hex("annotation.json\t2\taa\nimages/B.jpg\t1\tbb\nimages/a.jpg\t3\tcc\n");
  EXPECT_EQ(dataset_digest({{"images/a.jpg", 3, "cc"}, {"annotation.json", 2, "aa"}, {"images/B.jpg", 1, "bb"}}),
            expected);
}

TEST(DatasetDigest, CoversDataFilesAndNothingElse) {
  const TemporaryFolder folder;
  for (const char* name : {"d/annotation.json", "d/images/a.jpg", "d/images/x/b.png"}) folder.put(name, name);
  const auto store = *storage::open_local_store(folder.path().string());
  const auto before = digest_dataset(*store, "d", Format::COCO, 2);
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->files.size(), 3U);
  EXPECT_EQ(before->size_bytes, 17 + 14 + 16);
  for (const char* name : {"d/manifest.json", "d/eda.json", "d/README.md", "d/labels/a.txt"}) folder.put(name, "x");
  EXPECT_EQ(digest_dataset(*store, "d", Format::COCO, 1)->digest, before->digest);
  folder.put("d/images/a.jpg", "changed");
  EXPECT_NE(digest_dataset(*store, "d", Format::COCO, 1)->digest, before->digest);
  folder.put("d/data.yaml", "x");
  EXPECT_EQ(digest_dataset(*store, "d", Format::YOLO, 1)->files.size(), 4U) << "data.yaml, labels/a.txt and the images";
}

Manifest sample() {
  Manifest m;
  m.engine_version = "1";
  m.format = Format::YOLO;
  m.digest = "sha256:1";
  m.plan_digest = "sha256:2";
  m.images = 2;
  m.inputs = {{"street", "datasets", "raw/street", "v1.0.0", "sha256:3", Format::COCO, 3, 4}};
  m.allow_loss = {LossKind::Masks};
  m.loss = {{LossKind::Masks, 7, {"annotation 1 of \"a\".jpg"}}};
  m.findings = {{"DanglingImage", 3}};
  m.renames = {{"street/images/a.jpg", "images/a-2.jpg", "name taken"}};
  m.skipped = {{"street/images/b.jpg", "DamagedImage: truncated"}};
  m.files = {{"data.yaml", 1, "aa", "", ""}, {"images/a-2.jpg", 2, "bb", "street/images/a.jpg", "rotate 180"}};
  return m;
}

TEST(Manifest, ReadsBackWhatItWrites) {
  const auto back = decode_manifest(encode(sample()));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, sample());
  EXPECT_EQ(encode(*back), encode(sample()));
  Manifest least;
  least.engine_version = "1";
  least.format = Format::COCO;
  least.digest = "sha256:1";
  EXPECT_EQ(*decode_manifest(encode(least)), least);
}

TEST(Manifest, RefusesOtherSchemasUnsafePathsAndBrokenText) {
  auto m = sample();
  m.schema = 2;
  EXPECT_NE(decode_manifest(encode(m)).error().message.find("schema"), std::string::npos);
  m = sample();
  m.files[0].path = "../x";
  EXPECT_NE(decode_manifest(encode(m)).error().message.find("files[0].path"), std::string::npos);
  EXPECT_NE(decode_manifest(encode(sample()).substr(0, 100)).error().message.find("byte"), std::string::npos);
}

TEST(DataYaml, TakesNamesAsListOrMappingByIndex) {
  EXPECT_EQ(read_data_yaml("names: [a, 'b c', 3]")->names, (std::vector<std::string>{"a", "b c", "3"}));
  const auto yaml = read_data_yaml("path: /x\ntrain: [p, q.txt]\nval: v\nnames: {2: z, 0: x, 1: y}\nnc: 3");
  ASSERT_TRUE(yaml.ok());
  EXPECT_EQ(yaml->names, (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(yaml->train, (std::vector<std::string>{"p", "q.txt"}));
  EXPECT_EQ(yaml->path, "/x");
}

TEST(DataYaml, NamesTheKeyThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"nc: 2", "names: is required"},
      {"names: car", "names: expected a list"},
      {"names: [a, [b]]", "names[1]"},
      {"names: {0: a, 2: b}", "class 1 has no name"},
      {"names: {a: b}", "not a class index"},
      {"names: [a]\nnc: 2", "nc: is 2"},
      {"[1, 2]", "expected a mapping"},
      {"names: [a", "malformed YAML at line"},
      {"names: [a]\nnames: [b]", "names: stands twice, the second time in line 2"},
      {"names: [\xc6\xfb\xb3\xb5]", "is not UTF-8"},
  };
  for (const auto& [text, message] : cases) {
    const auto yaml = read_data_yaml(text);
    ASSERT_FALSE(yaml.ok()) << text;
    EXPECT_NE(yaml.error().message.find(message), std::string::npos) << yaml.error().message;
  }
}

TEST(DataYaml, ReadsBackEveryNameItWrites) {
  const std::vector<std::string> names{"car", "yes", "0x10", "a: b", "\"q\"", "#x", "ü\n", " lead", "null", "~"};
  const auto back = read_data_yaml(write_data_yaml(names, Split::Train));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->names, names);
  EXPECT_TRUE(read_data_yaml(write_data_yaml({}, Split::None))->names.empty());
}

TEST(DataYaml, NamesItsOwnSplitAloneAndNoPath) {
  EXPECT_EQ(write_data_yaml({"car"}, Split::Train), "train: images\nnc: 1\nnames:\n  0: \"car\"\n");
  const auto val = read_data_yaml(write_data_yaml({"car"}, Split::Val));
  EXPECT_EQ(val->path, "") << "Ultralytics takes a relative path from the folder that it was started in";
  EXPECT_EQ(val->val, std::vector<std::string>{"images"});
  EXPECT_TRUE(val->train.empty()) << "a val set is nobody's training set";
  EXPECT_EQ(read_data_yaml(write_data_yaml({"car"}, Split::None))->train, std::vector<std::string>{"images"});
}

TEST(RemoveDataset, RemovesTheVersionAndLeavesWhatIsNotPartOfIt) {
  const TemporaryFolder folder;
  for (const char* name : {"s/d/v1/annotation.json", "s/d/v1/images/a/b.jpg", "s/d/v1/manifest.json", "s/d/v1/eda.json",
                           "s/d/v1/.visionops/plan", "s/d/v1/notes/mine.txt", "s/d/v2/annotation.json"}) {
    folder.put(name, "x");
  }
  const auto store = *storage::open_local_store((folder / "s").string());
  const auto removed = remove_dataset(*store, "d/v1", Format::COCO);
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_EQ(removed->files, 5);
  EXPECT_EQ(removed->left, std::vector<std::string>{"notes/mine.txt"});
  EXPECT_EQ(folder.entries("s/d/v1"), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder / "s/d/v2/annotation.json"));
  std::filesystem::remove_all(folder / "s/d/v1/notes");
  ASSERT_TRUE(remove_dataset(*store, "d/v1", Format::COCO).ok());
  EXPECT_FALSE(std::filesystem::exists(folder / "s/d/v1"));
  EXPECT_TRUE(remove_dataset(*store, "d/v1", Format::COCO).ok()) << "gone already is fine";
  EXPECT_EQ(remove_dataset(*store, "", Format::COCO).error().cls, ErrorClass::Invalid);
  EXPECT_EQ(remove_dataset(*store, "d/../d", Format::COCO).error().cls, ErrorClass::Invalid);
}

}  // namespace
}  // namespace visionops::dataset_folder
