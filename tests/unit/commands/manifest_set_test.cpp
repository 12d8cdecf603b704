// Manifests are read and tried as a whole, before anything happens.
#include "operator/commands/files/manifest_set.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"
#include "operator/commands/files/text_diff.h"
#include "operator/commands/run/prune.h"
#include "operator/core/reconcile.h"
#include "operator/local/embedded_cluster.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::commands {
namespace {

class ManifestSets : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    std::ofstream(folder_.path() / name) << text;
  }
  static std::string dataset(const std::string& name, const std::string& more = "") {
    return "apiVersion: visionops.dev/v1alpha1\nkind: Dataset\nmetadata: {name: " + name + more +
           "}\nspec:\n  group: street\n  type: Raw\n  split: Train\n  version: v1.0.0\n  format: COCO\n"
           "  tasks: [Detection]\n  store: datasets\n---\n";
  }
  ManifestSet read(bool recursive = false) {
    return read_manifest_set({{(folder_.path() / "m").string()}, recursive}, data_);
  }
  /// The only refusal, which names the file by its absolute path.
  std::string refusal() {
    const auto set = read();
    EXPECT_EQ(set.refused.size(), 1U);
    if (set.refused.empty()) return "";
    EXPECT_NE(set.refused.front().message.find((folder_.path() / "m").string()), std::string::npos);
    return set.refused.front().message;
  }

  test::TemporaryFolder folder_;
  DataFolder data_{(folder_.path() / "data").string(), "default", false};
};

TEST_F(ManifestSets, RefuseANameThatStandsThereTwiceAndTellBothPlaces) {
  write("m/a.yaml", dataset("one") + dataset("two"));
  write("m/b.yaml", dataset("one"));
  const auto message = refusal();
  EXPECT_NE(message.find("m/a.yaml:3"), std::string::npos) << message;
  EXPECT_NE(message.find("m/b.yaml:3"), std::string::npos) << message;
  EXPECT_EQ(read().sound.size(), 1U);
}

TEST_F(ManifestSets, TakeTheSameNameInTwoNamespaces) {
  write("m/a.yaml", dataset("one") + dataset("one", ", namespace: other"));
  EXPECT_EQ(read().sound.size(), 2U);
}

TEST_F(ManifestSets, RefuseAnotherNamespaceThanTheOneAskedFor) {
  write("m/a.yaml", dataset("one", ", namespace: b"));
  EXPECT_TRUE(read().refused.empty());
  data_.namespace_given = true;
  data_.namespace_ = "a";
  EXPECT_NE(refusal().find("is \"b\", but -n says \"a\""), std::string::npos);
}

TEST_F(ManifestSets, ExplainWordsThatYamlTakesForSomethingElse) {
  write("m/a.yaml", dataset("no"));
  EXPECT_NE(refusal().find("m/a.yaml:3: metadata.name: is a boolean: put it in quotes"), std::string::npos)
      << refusal();
  write("m/a.yaml", dataset("42"));
  EXPECT_NE(refusal().find("metadata.name: expected a string, got the number 42: put it in quotes"), std::string::npos);
  write("m/a.yaml", dataset("a", ", namespace: on"));
  EXPECT_NE(refusal().find("metadata.namespace: is a boolean: put it in quotes"), std::string::npos);
  write("m/a.yaml", dataset("a", ", labels: {team: yes}"));
  EXPECT_NE(refusal().find("is a boolean: put it in quotes"), std::string::npos) << refusal();
}

TEST_F(ManifestSets, ReadFoldersInFoldersOnlyWhenAsked) {
  write("m/a.yaml", dataset("one"));
  write("m/deep/b.yaml", dataset("two"));
  EXPECT_EQ(read().sound.size(), 1U);
  EXPECT_EQ(read(true).sound.size(), 2U);
}

TEST_F(ManifestSets, AreTriedByTheRulesOfTheClusterAndLeaveNoTrace) {
  const SystemClock clock;
  {
    local::EmbeddedClusterOptions options;
    options.data_folder = data_.path;
    const auto cluster = local::EmbeddedCluster::open(options, clock);
    ASSERT_TRUE(cluster.ok()) << cluster.error().message;
    write("m/a.yaml", dataset("one") + dataset("two"));
    const auto set = read();
    EXPECT_TRUE(apply_set(set, data_, (*cluster)->api()).changed);
  }
  std::string changed = dataset("one");
  changed.replace(changed.find("street"), 6, "harbour");  // the group of a Dataset never changes
  write("m/a.yaml", changed + dataset("two") + dataset("three"));
  auto set = read();
  const auto trials = try_out(set, data_);
  ASSERT_TRUE(trials.ok()) << trials.error().message;
  ASSERT_EQ(set.refused.size(), 1U);
  EXPECT_NE(set.refused.front().message.find("spec.group"), std::string::npos) << set.refused.front().message;
  ASSERT_EQ(trials->size(), 2U);
  EXPECT_EQ(trials->at(0).verb, "unchanged");
  EXPECT_EQ(trials->at(1).verb, "created");
  auto again = read();
  EXPECT_EQ(try_out(again, data_)->at(1).verb, "created") << "the trial was kept";
}

TEST(Prune, RemovesWhatNoManifestNamesButNothingThatAPipelineMade) {
  const auto object = [](const std::string& name, const std::string& namespace_, bool made) {
    api::Dataset dataset;
    dataset.meta.name = name;
    dataset.meta.namespace_ = namespace_;
    if (made) dataset.meta.annotations[std::string(core::kLineageAnnotation)] = "{}";
    return cluster::Object(dataset);
  };
  const std::vector<cluster::Object> objects{object("wanted", "default", false), object("old", "default", false),
                                             object("made", "default", true), object("elsewhere", "b", false)};
  const auto keys = without_manifest(objects, {{cluster::Kind::Dataset, "default", "wanted"}}, "default");
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys.front().key.name, "old");
}

TEST(Prune, LeavesWhatWasChangedOrMadeAnewSinceItAsked) {
  const SystemClock clock;
  const test::TemporaryFolder folder;
  local::EmbeddedClusterOptions options;
  options.data_folder = folder.path();
  const auto cluster = local::EmbeddedCluster::open(std::move(options), clock);
  ASSERT_TRUE(cluster.ok()) << cluster.error().message;
  auto& api = (*cluster)->api();
  const auto made = [&](const std::string& description) {
    auto dataset = api::decode_dataset(Json::parse(R"({"metadata":{"name":"d","namespace":"default"},"spec":{
        "group":"g","type":"Raw","split":"Train","version":"v1.0.0","format":"COCO","tasks":["Detection"],
        "store":"s","path":"p"}})"));
    dataset.spec.description = description;
    return dataset;
  };
  auto first = api.create(made(""));
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto asked = [&](const cluster::Object& object) {
    return Leaving{cluster::key_of(object), cluster::meta_of(object).uid, cluster::meta_of(object).generation};
  };
  const Leaving old = asked(*first);
  auto other = made("changed");
  other.meta = cluster::meta_of(*first);
  const auto changed = api.update(other);
  ASSERT_TRUE(changed.ok()) << changed.error().message;
  EXPECT_EQ(prune(api, old).error().cls, ErrorClass::Conflict);
  const Leaving now = asked(*changed);
  EXPECT_TRUE(*prune(api, now));
  EXPECT_FALSE(*prune(api, now)) << "somebody else had removed it";
  ASSERT_TRUE(api.create(made("")).ok());
  EXPECT_NE(prune(api, now).error().message.find("made anew"), std::string::npos);
  EXPECT_TRUE(api.get(now.key).ok());
}

TEST(TextDiff, ShowsBothSidesAndIsEmptyForEqualTexts) {
  EXPECT_TRUE(text_diff("a\nb\n", "a\nb\n").empty());
  EXPECT_EQ(text_diff("a\nb\nc\n", "a\nx\nc\n"), (std::vector<std::string>{" a", "-b", "+x", " c"}));
  EXPECT_EQ(text_diff("", "a\n"), (std::vector<std::string>{"+a"}));
}

}  // namespace
}  // namespace visionops::commands
