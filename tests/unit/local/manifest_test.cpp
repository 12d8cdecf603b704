#include "operator/manifest/manifest.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "operator/local/api_server/local_cluster.h"
#include "tests/unit/local/objects.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

using cluster::Kind;
using test::key;
using test::TemporaryFolder;

constexpr const char* kDataset = R"(apiVersion: visionops.dev/v1alpha1
kind: Dataset
metadata:
  name: NAME
spec:
  group: street
  type: Raw
  split: Train
  version: v1.0.0
  format: COCO
  tasks: [Detection]
  store: datasets
)";

std::string dataset_yaml(const std::string& name) {
  std::string text = kDataset;
  return text.replace(text.find("NAME"), 4, name);
}

/// One document as JSON, or the message of its refusal.
Json parsed(const std::string& text) {
  Json out;
  YamlLines lines;
  YamlError error;
  if (!parse_yaml(text, 1, out, lines, error))
    return "refused at line " + std::to_string(error.line) + ": " + error.message;
  return out;
}

std::vector<Manifest> load(const std::filesystem::path& path) {
  auto manifests = load_manifests(path);
  if (!manifests) throw std::runtime_error(manifests.error().message);
  return std::move(*manifests);
}

class ApplyTest : public testing::Test {
 protected:
  Result<Applied> apply(const std::string& text) {
    const auto manifests = load(folder_.write("a.yaml", text));
    if (manifests.size() != 1) throw std::runtime_error("expected one document");
    return apply_manifest(api_, manifests[0]);
  }
  std::string verb(const std::string& text) {
    const auto applied = apply(text);
    return applied ? applied->verb : applied.error().message;
  }
  api::Dataset live(const std::string& name) { return std::get<api::Dataset>(*api_.get(key(Kind::Dataset, name))); }

  TemporaryFolder folder_;
  test::ManualClock clock_;
  ObjectStore store_{clock_};
  LocalCluster api_{store_};
};

TEST(Yaml, TypesPlainScalarsAsKubectlDoesAndLeavesQuotedOnesAlone) {
  EXPECT_EQ(parsed("[1, -2, +3, 0x1F, 0o17, 1.5, 1e3, .5, -0.0]"),
            Json::parse("[1, -2, 3, 31, 15, 1.5, 1000.0, 0.5, -0.0]"));
  EXPECT_EQ(parsed("[true, Yes, on, Y, false, NO, off, n]"),
            Json::parse("[true,true,true,true,false,false,false,false]"));
  EXPECT_EQ(parsed("[null, ~, Null]"), Json::parse("[null,null,null]"));
  EXPECT_EQ(parsed(R"(['1', "true", 'null', !!str 5])"), Json::parse(R"(["1","true","null","5"])"));
  EXPECT_EQ(parsed("[v1.0.0, 1.2.3, 500m, 16Gi, 1e, 0x, ., -, .inf, 12:30, 2026-01-01]"),
            Json::parse(R"(["v1.0.0","1.2.3","500m","16Gi","1e","0x",".","-",".inf","12:30","2026-01-01"])"));
  EXPECT_EQ(parsed("[18446744073709551615, -9223372036854775808]"),
            Json::parse("[18446744073709551615, -9223372036854775808]"));
  EXPECT_EQ(parsed("y: 1\nno: 2\n"), Json::parse(R"({"y":1,"no":2})")) << "keys are names";
}

TEST(Yaml, ReadsBlockScalarsAnchorsAndMergeKeys) {
  EXPECT_EQ(parsed("a: |\n  x\n  y\nb: >\n  x\n  y\n"), Json::parse(R"({"a":"x\ny\n","b":"x y\n"})"));
  EXPECT_EQ(parsed("base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3}\n"),
            Json::parse(R"({"base":{"x":1,"y":2},"use":{"x":1,"y":3}})"));
}

TEST(Yaml, RefusesDuplicateKeysAndNamesTheLine) {
  EXPECT_EQ(parsed("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n"), "refused at line 5: the key \"c\" stands there twice");
}

TEST(Yaml, RefusesWhatExpandsOrNestsWithoutBound) {
  std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    laughs += std::string(1, c) + ": &" + c + " [*" + before;
    for (int i = 0; i < 9; ++i) laughs += ", *" + before;
    laughs += "]\n";
  }
  EXPECT_NE(parsed(laughs).get<std::string>().find("more than 200000 values"), std::string::npos);
  const std::string deep(100, '[');
  EXPECT_NE(parsed(deep + std::string(100, ']')).get<std::string>().find("nested deeper than 64"), std::string::npos);
  EXPECT_NE(parsed(std::string(100000, '[')).get<std::string>().find("refused"), std::string::npos);
  EXPECT_NE(parsed("a: &a [*a]").get<std::string>().find("refused"), std::string::npos) << "an alias inside itself";
}

TEST(Manifests, AreReadFromAFolderInTheOrderOfNamesAndDocuments) {
  const TemporaryFolder folder;
  folder.write("2.yml", dataset_yaml("c"));
  folder.write("1.yaml", "# comment\n---\n" + dataset_yaml("a") + "---\n# nothing\n---\n" + dataset_yaml("b"));
  folder.write("3.json",
               R"({"apiVersion":"visionops.dev/v1alpha1","kind":"Dataset","metadata":{"name":"d"},"spec":{}})");
  folder.write("README.md", "not a manifest");
  const auto manifests = load(folder.path());
  std::string names;
  for (const auto& manifest : manifests) names += (*manifest.object)["metadata"]["name"].get<std::string>();
  EXPECT_EQ(names, "abcd");
  EXPECT_EQ(manifests[0].where("spec.group"), (folder.path() / "1.yaml").string() + ":8");
  EXPECT_EQ(manifests[1].where("spec.group"), (folder.path() / "1.yaml").string() + ":23");
  EXPECT_EQ(manifests[1].where("spec.nothing[0].here"), (folder.path() / "1.yaml").string() + ":22")
      << "the nearest there is";
}

TEST(Manifests, ABrokenDocumentNamesItsLineAndLeavesTheOthersGood) {
  const TemporaryFolder folder;
  folder.write("a.yaml", dataset_yaml("good") + "---\nkind: [unclosed\n---\n" + dataset_yaml("better"));
  const auto manifests = load(folder.path());
  ASSERT_EQ(manifests.size(), 3U);
  EXPECT_FALSE(manifests[0].error);
  ASSERT_TRUE(manifests[1].error);
  EXPECT_EQ(manifests[1].error->cls, ErrorClass::Invalid);
  EXPECT_NE(manifests[1].error->message.find("a.yaml:1"), std::string::npos) << manifests[1].error->message;
  EXPECT_FALSE(manifests[2].error);
}

TEST(Manifests, AListIsItsItems) {
  const TemporaryFolder folder;
  folder.write("a.yaml",
               "apiVersion: v1\nkind: List\nitems:\n- kind: Dataset\n  metadata: {name: a}\n- kind: Dataset\n  "
               "metadata: {name: b}\n");
  const auto manifests = load(folder.path());
  ASSERT_EQ(manifests.size(), 2U);
  EXPECT_EQ((*manifests[1].object)["metadata"]["name"], "b");
  EXPECT_EQ(manifests[1].where("metadata.name"), (folder.path() / "a.yaml").string() + ":7");
}

TEST(Manifests, TheItemsOfAListShareWhatTheDocumentHolds) {
  const TemporaryFolder folder;
  std::string text = "kind: List\nitems:\n";
  for (int i = 0; i < 20'000; ++i) text += "- kind: Dataset\n  metadata: {name: d" + std::to_string(i) + "}\n";
  const auto manifests = load(folder.write("a.yaml", text));
  ASSERT_EQ(manifests.size(), 20'000U);
  const auto& first = manifests.front();
  for (std::size_t i = 1; i < manifests.size(); ++i) {
    ASSERT_EQ(manifests[i].lines, first.lines) << i;  // a table of its own would cost the number of items squared
    ASSERT_FALSE(manifests[i].object.owner_before(first.object) || first.object.owner_before(manifests[i].object)) << i;
  }
  const auto file = (folder.path() / "a.yaml").string();
  EXPECT_EQ(manifests[1].where("metadata.name"), file + ":6");
  EXPECT_EQ(manifests[10].where("spec.group"), file + ":23");
  EXPECT_EQ(manifests[19'999].where(""), file + ":40001");
}

TEST(Manifests, SayWhenThereIsNothing) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_manifests(folder.path() / "missing").error().cls, ErrorClass::NotFound);
  EXPECT_EQ(load_manifests(folder.path()).error().cls, ErrorClass::Invalid);
  EXPECT_TRUE(load(folder.write("full.yaml", std::string(4U << 20U, '#'))).empty());
  const auto huge = load(folder.write("huge.yaml", std::string((4U << 20U) + 1, '#')));
  ASSERT_EQ(huge.size(), 1U);
  EXPECT_TRUE(huge[0].error);
}

TEST_F(ApplyTest, CreatesThenChangesThenLeavesAlone) {
  const std::string text = dataset_yaml("a");
  EXPECT_EQ(verb(text), "created");
  EXPECT_EQ(verb(text), "unchanged");
  EXPECT_EQ(verb(text + "  description: new\n"), "configured");
  EXPECT_EQ(verb(text + "  description: new\n"), "unchanged");
  EXPECT_EQ(live("a").spec.description, "new");
  EXPECT_EQ(live("a").meta.generation, 2);
  EXPECT_EQ(live("a").meta.namespace_, "default");
}

TEST_F(ApplyTest, KeepsStatusAndLabelsThatTheFileDoesNotName) {
  ASSERT_EQ(verb(dataset_yaml("a")), "created");
  auto object = live("a");
  object.meta.labels["by-operator"] = "1";
  ASSERT_TRUE(api_.update(object).ok());
  object = live("a");
  object.status.images = 9;
  ASSERT_TRUE(api_.update_status(object).ok());
  EXPECT_EQ(verb(dataset_yaml("a")), "unchanged");
  std::string labelled = dataset_yaml("a");
  labelled.insert(labelled.find("spec:"), "  labels: {team: x}\n");
  EXPECT_EQ(verb(labelled), "configured");
  EXPECT_EQ(live("a").meta.labels, (std::map<std::string, std::string>{{"by-operator", "1"}, {"team", "x"}}));
  EXPECT_EQ(live("a").status.images, 9);
}

TEST_F(ApplyTest, NamesFileLineAndFieldOfEveryFinding) {
  std::string text = dataset_yaml("a");
  text.replace(text.find("v1.0.0"), 6, "one");
  text += "  qualityGate:\n    minImages: many\n  stor: x\n";
  const std::string message = verb(text);
  const std::string file = (folder_.path() / "a.yaml").string();
  EXPECT_NE(message.find(file + ":9: spec.version: "), std::string::npos) << message;
  EXPECT_NE(message.find(file + ":14: spec.qualityGate.minImages: "), std::string::npos) << message;
  EXPECT_NE(message.find(file + ":15: spec.stor: "), std::string::npos) << message;
  EXPECT_FALSE(api_.get(key(Kind::Dataset, "a")).ok());
}

TEST_F(ApplyTest, RefusesWhatUsersDoNotWriteAndNamesWhatIsKnown) {
  const std::string pod = verb("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n");
  EXPECT_NE(pod.find("a.yaml:2: kind: unknown kind \"Pod\"; known are Dataset, Pipeline, TrainingJob"),
            std::string::npos)
      << pod;
  EXPECT_NE(verb("just text").find("must be a mapping"), std::string::npos);
  EXPECT_NE(verb("kind: Dataset\nmetadata: {name: a}\n").find("apiVersion"), std::string::npos);
  std::string nameless = dataset_yaml("a");
  nameless.replace(nameless.find("name: a"), 7, "nam: a");
  EXPECT_NE(verb(nameless).find("metadata.name: is required"), std::string::npos);
}

TEST_F(ApplyTest, RefusesToChangeAnIdentityAndKeepsTheOldObject) {
  ASSERT_EQ(verb(dataset_yaml("a")), "created");
  std::string other = dataset_yaml("a");
  other.replace(other.find("street"), 6, "harbour");
  const std::string message = verb(other);
  EXPECT_NE(message.find("spec.group"), std::string::npos) << message;
  EXPECT_EQ(live("a").spec.group, "street");
}

TEST_F(ApplyTest, TakesWhatGetPrintedBack) {
  ASSERT_EQ(verb(dataset_yaml("a")), "created");
  auto object = live("a");
  object.status.images = 3;
  ASSERT_TRUE(api_.update_status(object).ok());
  EXPECT_EQ(verb(cluster::encode(live("a")).dump()), "unchanged");
}

}  // namespace
}  // namespace visionops::local
