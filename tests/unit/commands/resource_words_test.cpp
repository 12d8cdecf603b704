#include "operator/present/resource_words.h"

#include <gtest/gtest.h>

namespace visionops::commands::test {
namespace {

using cluster::Kind;
using Words = std::vector<std::string>;

ResourceWords parsed(const Words& words) {
  auto out = parse_resource_words(words);
  if (!out) {
    ADD_FAILURE() << out.error().message;
    return {};
  }
  return *std::move(out);
}

std::string refusal(const Words& words) {
  const auto out = parse_resource_words(words);
  return out ? "" : out.error().message;
}

TEST(ResourceWords, AKindAloneMeansAllOfIt) {
  EXPECT_TRUE(parsed({}).kinds.empty());
  EXPECT_EQ(parsed({"vds"}).kinds, (std::vector{Kind::Dataset}));
  EXPECT_EQ(parsed({"Pipelines,trainingjob"}).kinds, (std::vector{Kind::Pipeline, Kind::TrainingJob}));
  EXPECT_TRUE(parsed({"pods"}).names.empty());
}

TEST(ResourceWords, NamesStandBehindTheirKindOrBehindASlash) {
  const auto listed = parsed({"dataset", "a", "b"});
  EXPECT_EQ(listed.kinds, (std::vector{Kind::Dataset, Kind::Dataset}));
  EXPECT_EQ(listed.names, (Words{"a", "b"}));
  const auto mixed = parsed({"vpl/fusion", "trainingjob/detector"});
  EXPECT_EQ(mixed.kinds, (std::vector{Kind::Pipeline, Kind::TrainingJob}));
  EXPECT_EQ(mixed.names, (Words{"fusion", "detector"}));
}

TEST(ResourceWords, WhatIsWrongIsNamedWithTheWayOut) {
  EXPECT_EQ(refusal({"cats"}), "unknown kind \"cats\"; known: datasets, pipelines, trainingjobs, jobs, pods");
  EXPECT_EQ(refusal({"cats/a"}), refusal({"cats"}));
  EXPECT_EQ(refusal({"datasets,"}), "unknown kind \"\"; known: datasets, pipelines, trainingjobs, jobs, pods");
  EXPECT_EQ(refusal({"dataset/"}), "\"dataset/\": expected KIND/NAME, for example trainingjob/digits-detector");
  EXPECT_EQ(refusal({"dataset/a", "b"}), "\"b\": expected KIND/NAME, for example trainingjob/digits-detector");
  EXPECT_EQ(refusal({"datasets,pipelines", "a"}), "names need one kind: KIND NAME..., or KIND/NAME...");
}

TEST(ResourceWords, KeysNeedNames) {
  const auto keys = parse_object_keys({"dataset/a", "pod/b"}, "team");
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ((*keys)[1], (cluster::ObjectKey{Kind::Pod, "team", "b"}));
  EXPECT_FALSE(parse_object_keys({"datasets"}, "team").ok());
  EXPECT_FALSE(parse_object_keys({}, "team").ok());
}

}  // namespace
}  // namespace visionops::commands::test
