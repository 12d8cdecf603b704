// What a real kube-apiserver shows and an embedded cluster cannot: its own words, its bookmarks and its clock.
#include <gtest/gtest.h>

#include <thread>

#include "operator/kube/codec/rest_path.h"
#include "tests/cluster/real_cluster.h"

namespace visionops::test {
namespace {

using cluster::Change;
using cluster::ChangeType;
using cluster::Kind;

class KubeServer : public testing::Test {
 protected:
  RealTestCluster& cluster() { return *real_cluster(); }
  cluster::ClusterApi& api() { return cluster().api(); }
  /// As a person writes it, and no more than that.
  [[nodiscard]] Json dataset_by_hand(const std::string& name) const {
    return {{"apiVersion", "visionops.dev/v1alpha1"},
            {"kind", "Dataset"},
            {"metadata", {{"name", name}, {"namespace", namespace_}}},
            {"spec",
             {{"group", "street"},
              {"type", "Raw"},
              {"split", "Train"},
              {"version", "v1.0.0"},
              {"format", "COCO"},
              {"tasks", {"Detection"}},
              {"modality", "RGB"},
              {"store", "datasets"}}}};
  }
  Json create_by_hand(const Json& object) {
    const auto in = object["metadata"]["namespace"].get<std::string>();
    return cluster().request("POST", kube::collection_path(Kind::Dataset, in), object);
  }
  Json create_by_hand(const char* name) { return create_by_hand(dataset_by_hand(name)); }
  api::Dataset read(const std::string& name) {
    auto object = api().get({Kind::Dataset, namespace_, name});
    if (!object) throw std::runtime_error(object.error().message);
    return std::get<api::Dataset>(std::move(*object));
  }

  std::string namespace_ = real_cluster()->new_namespace();
};

TEST_F(KubeServer, AnUpdateLeavesTheSpecAsItsUserWroteIt) {
  const Json before = create_by_hand("a")["spec"];
  auto object = read("a");
  object.meta.finalizers = {"visionops.dev/files"};
  object.spec.description = "not ours to write";
  ASSERT_TRUE(api().update(object).ok());
  object = read("a");
  object.status.images = 3;
  object.status.message = "三";
  ASSERT_TRUE(api().update_status(object).ok());
  const Json after = cluster().request("GET", kube::object_path({Kind::Dataset, namespace_, "a"}));
  EXPECT_EQ(after["spec"], before) << "a spelled-out default stays, nothing is added";
  EXPECT_EQ(after["metadata"]["generation"], 1);
  EXPECT_EQ(after["status"]["message"], "三");
  object = read("a");
  object.meta.finalizers.clear();
  ASSERT_TRUE(api().update(object).ok());
}

TEST_F(KubeServer, AListIsHandedOnInParts) {
  for (int i = 0; i < 25; ++i) create_by_hand(("d" + std::to_string(i)).c_str());
  kube::KubeLimits limits;
  limits.handed_on = 10;
  std::vector<std::size_t> sizes;
  const auto listed =
      cluster().connect_with(limits)->list_pages(Kind::Dataset, {namespace_, {}}, [&](const auto& page) -> Status {
        sizes.push_back(page.items.size());
        return {};
      });
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 5}));
}

TEST_F(KubeServer, AnEventStandsBesideItsObject) {
  create_by_hand("a");
  api().emit(read("a"), {cluster::EventType::Warning, "SourceUnreachable", std::string(2000, 'x') + "\xEC\x82"});
  const Json events = cluster().request("GET", "/apis/events.k8s.io/v1/namespaces/" + namespace_ + "/events");
  ASSERT_EQ(events["items"].size(), 1U);
  const Json& event = events["items"][0];
  EXPECT_EQ(event["reason"], "SourceUnreachable");
  EXPECT_EQ(event["type"], "Warning");
  EXPECT_EQ(event["reportingController"], "visionops.dev/conformance");
  EXPECT_EQ(event["regarding"]["uid"], read("a").meta.uid);
}

TEST_F(KubeServer, ARefusalCarriesFieldAndRuleInTheServersWords) {
  auto wrong = std::get<api::Dataset>(*cluster::decode_object(create_by_hand("a")));
  wrong.meta = {};
  wrong.meta.name = "b";
  wrong.meta.namespace_ = namespace_;
  wrong.spec.path = "raw/../secrets";
  const auto refused = api().create(wrong);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().cls, ErrorClass::Invalid);
  EXPECT_NE(refused.error().message.find("spec.path"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("stores have no outside"), std::string::npos) << refused.error().message;
}

TEST_F(KubeServer, AListOfManyPagesIsWhole) {
  for (const char* name : {"a", "b", "c"}) create_by_hand(name);
  const auto paged = cluster().connect_with({.page = 1});
  const auto list = paged->list(Kind::Dataset, {namespace_, {}});
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_EQ(list->items.size(), 3U);
  EXPECT_FALSE(list->resource_version.empty());
}

/// The server ends the watch after four to eight seconds, and says shortly before how far it has come.
TEST_F(KubeServer, AQuietWatchEndsAtTheServersTimeAndItsBookmarkGoesOnFromThere) {
  const auto brief = cluster().connect_with({.watch_life = std::chrono::seconds(4)});
  const auto list = brief->list(Kind::Dataset, {namespace_, {}});
  ASSERT_TRUE(list.ok());
  // Changes that this watch does not see move the version of its kind.
  std::jthread others([&, elsewhere = cluster().new_namespace()](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      auto object = dataset_by_hand("n" + std::to_string(i));
      object["metadata"]["namespace"] = elsewhere;
      create_by_hand(object);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  std::string version;
  const auto how = brief->watch(Kind::Dataset, {namespace_, {}}, list->resource_version,
                                [&](const Change& change) {
                                  EXPECT_EQ(change.type, ChangeType::Bookmark);
                                  version = cluster::meta_of(change.object).resource_version;
                                },
                                {});
  others = {};
  EXPECT_TRUE(how.ok()) << how.error().message;
  ASSERT_FALSE(version.empty()) << "no bookmark came";
  EXPECT_GT(std::stoll(version), std::stoll(list->resource_version));

  create_by_hand("after");
  std::vector<std::string> seen;
  std::stop_source stop;
  const auto again = brief->watch(
      Kind::Dataset, {namespace_, {}}, version,
      [&](const Change& change) {
        seen.push_back(cluster::meta_of(change.object).name);
        stop.request_stop();
      },
      stop.get_token());
  EXPECT_TRUE(again.ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"after"}));
}

TEST_F(KubeServer, AnAncientVersionIsGone) {
  const auto none = [](const Change&) {};
  // Of a kind that came after version 1: the server keeps no version from before it.
  const auto ancient = api().watch(Kind::Dataset, {namespace_, {}}, "1", none, {});
  ASSERT_FALSE(ancient.ok());
  EXPECT_EQ(ancient.error().cls, ErrorClass::Gone) << ancient.error().message;
}

}  // namespace
}  // namespace visionops::test
