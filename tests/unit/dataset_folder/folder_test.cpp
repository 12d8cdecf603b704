#include <gtest/gtest.h>

#include "base/digest.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/formats/yolo/data_yaml.h"

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
  const auto before = digest_dataset(*store, "d", Format("COCO"), 2);
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->files.size(), 3U);
  EXPECT_EQ(before->size_bytes, 17 + 14 + 16);
  for (const char* name : {"d/manifest.json", "d/eda.json", "d/README.md", "d/labels/a.txt"}) folder.put(name, "x");
  EXPECT_EQ(digest_dataset(*store, "d", Format("COCO"), 1)->digest, before->digest);
  folder.put("d/images/a.jpg", "changed");
  EXPECT_NE(digest_dataset(*store, "d", Format("COCO"), 1)->digest, before->digest);
  folder.put("d/data.yaml", "names: [car]\n");
  EXPECT_EQ(digest_dataset(*store, "d", Format("YOLO"), 1)->files.size(), 4U)
      << "data.yaml, labels/a.txt and the images";
}

Manifest sample() {
  Manifest m;
  m.engine_version = "1";
  m.format = Format("YOLO");
  m.digest = "sha256:1";
  m.plan_digest = "sha256:2";
  m.images = 2;
  m.inputs = {{"street", "datasets", "raw/street", "v1.0.0", "sha256:3", Format("COCO"), 3, 4}};
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
  least.format = Format("COCO");
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
  EXPECT_EQ(yaml->places.train, (std::vector<std::string>{"p", "q.txt"}));
  EXPECT_EQ(yaml->places.path, "/x");
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
  EXPECT_EQ(val->places.path, "") << "Ultralytics takes a relative path from the folder that it was started in";
  EXPECT_EQ(val->places.val, std::vector<std::string>{"images"});
  EXPECT_TRUE(val->places.train.empty()) << "a val set is nobody's training set";
  EXPECT_EQ(read_data_yaml(write_data_yaml({"car"}, Split::None))->places.train, std::vector<std::string>{"images"});
}

TEST(DataFiles, AreTheLabelsBesideTheImagesOfAYoloDatasetToo) {
  const TemporaryFolder folder;
  for (const char* name : {"d/data.yaml", "d/train/a.jpg", "d/train/a.txt", "d/README.roboflow.txt", "d/train/b.txt"}) {
    folder.put(name, "x");
  }
  const auto store = *storage::open_local_store(folder.path().string());
  std::vector<std::string> paths;
  for (const auto& file : data_files(*list_dataset(*store, "d"), Format("YOLO"))) paths.push_back(file.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"data.yaml", "train/a.jpg", "train/a.txt"}));
}

TEST(DataFiles, AreNeverThePlatformsOwn) {
  const TemporaryFolder folder;
  for (const char* name : {".visionops/datasets/u/a.jpg", ".visionops/datasets/u/files.jsonl", "images/a.jpg"}) {
    folder.put(name, "x");
  }
  const auto store = *storage::open_local_store(folder.path().string());
  EXPECT_EQ(digest_dataset(*store, "", Format("COCO"))->files.size(), 1U) << "a dataset may be a whole store, by hand";
}

}  // namespace
}  // namespace visionops::dataset_folder
