// Watches: order, selection, end.
#include <set>
#include <utility>

#include "tests/cluster/conformance.h"

namespace visionops::test {
namespace {

using cluster::Kind;
using Names = std::vector<std::string>;

TEST_P(ClusterApiConformance, AWatchDeliversEveryLaterChangeInOrder) {
  created(dataset("before"));
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version_now(Kind::Dataset));
  auto object = created(dataset("a"));
  object.spec.description = "x";
  object = edited(object);
  object.status.images = 1;
  status_updated(object);
  created(dataset("b"));
  ASSERT_TRUE(api().remove(cluster::key_of(object), {}).ok());
  EXPECT_EQ(log.first(5, cluster().patience()), (Names{"Added a", "Modified a", "Modified a", "Added b", "Deleted a"}));
  EXPECT_TRUE(log.stop().ok());
}

TEST_P(ClusterApiConformance, AWatchThatStartsLateCatchesUpFromItsList) {
  const auto version = version_now(Kind::Dataset);
  created(dataset("a"));
  created(dataset("b"));
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version);
  EXPECT_EQ(log.first(2, cluster().patience()), (Names{"Added a", "Added b"}));
}

TEST_P(ClusterApiConformance, AListInPagesIsTheWholeListAndAWatchGoesOnFromIt) {
  for (int i = 0; i < 60; ++i) created(dataset("d" + std::to_string(i)));
  for (const bool bounded : {false, true}) {
    // Asked anew: a list that is not older than the first round may still have what that round has removed.
    const auto at_least = bounded ? version_now(Kind::Dataset) : std::string();
    std::set<std::string> names;
    std::string version;
    bool first = true;
    const auto listed =
        api().list_pages(Kind::Dataset, {namespace_, {}, at_least}, [&](cluster::ListPage page) -> Status {
          EXPECT_EQ(std::exchange(first, false), page.first);
          for (const auto& item : page.items) names.insert(cluster::meta_of(item).name);
          version = page.resource_version;
          return {};
        });
    ASSERT_TRUE(listed.ok()) << listed.error().message;
    EXPECT_EQ(names.size(), 60u);
    WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version);
    auto last = created(dataset("last"));
    EXPECT_EQ(log.first(1, cluster().patience()), (Names{"Added last"}));
    ASSERT_TRUE(api().remove(cluster::key_of(last), {}).ok());
  }
}

TEST_P(ClusterApiConformance, AWatchContinuesFromTheVersionOfAnObjectItSaw) {
  const auto first = created(dataset("a"));
  created(dataset("b"));
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, first.meta.resource_version);
  EXPECT_EQ(log.first(1, cluster().patience()), (Names{"Added b"}));
}

TEST_P(ClusterApiConformance, AWatchSeesOnlyItsKindAndNamespace) {
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version_now(Kind::Dataset));
  auto elsewhere = dataset("elsewhere");
  elsewhere.meta.namespace_ = cluster().new_namespace();
  created(elsewhere);
  created(pipeline("p"));
  created(dataset("here"));
  EXPECT_EQ(log.first(1, cluster().patience()), (Names{"Added here"}));
}

TEST_P(ClusterApiConformance, ForASelectiveWatchObjectsComeAndGoWithTheirLabels) {
  auto object = created(dataset("a"));
  WatchLog log(api(), Kind::Dataset, {namespace_, {{"team", "x"}}}, version_now(Kind::Dataset));
  object.meta.labels["team"] = "x";
  object = updated(object);
  object.spec.description = "while inside";
  object = edited(object);
  object.meta.labels["team"] = "y";
  object = updated(object);
  object.spec.description = "while outside";
  edited(object);
  auto last = dataset("z");
  last.meta.labels["team"] = "x";
  created(last);
  EXPECT_EQ(log.first(4, cluster().patience()), (Names{"Added a", "Modified a", "Deleted a", "Added z"}));
}

TEST_P(ClusterApiConformance, AnObjectHeldByAFinalizerIsModifiedThenDeleted) {
  auto object = dataset("a");
  object.meta.finalizers = {"visionops.dev/files"};
  object = created(object);
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version_now(Kind::Dataset));
  ASSERT_TRUE(api().remove(cluster::key_of(object), {}).ok());
  auto leaving = live(object);
  leaving.meta.finalizers.clear();
  ASSERT_TRUE(api().update(leaving).ok());
  EXPECT_EQ(log.first(2, cluster().patience()).front(), "Modified a");
  EXPECT_EQ(log.first(2, cluster().patience()).back(), "Deleted a");
}

TEST_P(ClusterApiConformance, AWatchEndsWhenItIsToldTo) {
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version_now(Kind::Dataset));
  created(dataset("a"));
  log.first(1, cluster().patience());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(log.stop().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_P(ClusterApiConformance, AWatchFromAForgottenVersionEndsWithGone) {
  const auto version = version_now(Kind::Dataset);
  created(dataset("a"));
  cluster().forget_history();
  created(dataset("b"));
  const auto result = api().watch(
      Kind::Dataset, {namespace_, {}}, version, [](const cluster::Change&) {}, std::stop_token{});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().cls, ErrorClass::Gone);
  WatchLog log(api(), Kind::Dataset, {namespace_, {}}, version_now(Kind::Dataset));
  created(dataset("c"));
  EXPECT_EQ(log.first(1, cluster().patience()), (Names{"Added c"}));
}

}  // namespace
}  // namespace visionops::test
