#include "worker/train/tasks/detection/learner/detection_learner.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "worker/train/engine/network/tensor_archive.h"
#include "worker/train/engine/sampling/counter_random.h"

namespace visionops::train {
namespace {

DetectorDesign design(std::vector<std::string> categories = {"a", "b"}) {
  DetectorDesign d;
  d.width = 8;
  d.side = 32;
  d.categories = std::move(categories);
  return d;
}

std::unique_ptr<DetectionLearner> learner(const DetectorDesign& d = design(), std::uint64_t seed = 5) {
  NetworkSettings settings;
  settings.seed = seed;
  auto made = DetectionLearner::create(d, settings);
  EXPECT_TRUE(made.ok());
  return *std::move(made);
}

/// Four noisy images, each with a white square and its target.
DetectionBatch batch(std::uint64_t seed) {
  const auto grid = design().grid();
  CounterRandom random{seed};
  DetectionBatch b;
  b.pixels.images = 4;
  for (std::int64_t i = 0; i < 4; ++i) {
    const auto x = 2 + random.below(16), y = 2 + random.below(16);
    for (std::uint64_t row = 0; row < 32; ++row) {
      for (std::uint64_t column = 0; column < 32; ++column) {
        const bool inside = row >= y && row < y + 10 && column >= x && column < x + 10;
        for (int c = 0; c < 3; ++c)
          b.pixels.pixels.push_back(static_cast<std::uint8_t>(inside ? 250 : random.below(60)));
      }
    }
    const TargetObject object{0, {static_cast<double>(x), static_cast<double>(y), 10, 10}};
    append_targets(grid, i, std::span(&object, 1), b.targets);
  }
  return b;
}

std::string saved(DetectionLearner& l) {
  auto bytes = l.network().save("note");
  EXPECT_TRUE(bytes.ok());
  return *std::move(bytes);
}

TEST(DetectionLearner, StartsEquallyForEqualSeedsOnly) {
  EXPECT_EQ(saved(*learner()), saved(*learner()));
  EXPECT_NE(saved(*learner()), saved(*learner(design(), 6)));
}

TEST(DetectionLearner, LearnsToFindASquare) {
  const auto l = learner();
  ASSERT_TRUE(l->network().set_losses({}).ok());
  for (std::uint64_t i = 0; i < 60; ++i) ASSERT_TRUE(l->step(batch(i), 0.01).ok());
  const auto all = l->network().losses();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 4U);
  ASSERT_TRUE(l->network().set_losses({}).ok());
  ASSERT_TRUE(l->step(batch(60), 0.01).ok());
  EXPECT_LT(l->network().losses()->at("total"), 0.3 * all->at("total") / 60);

  const auto unseen = batch(1000);
  const auto found = l->detect(unseen.pixels, 1);
  ASSERT_TRUE(found);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& best = (*found)[i].at(0);
    EXPECT_EQ(best.category, 0U);
    const auto cell = unseen.targets.centers[i] % 64;
    EXPECT_NEAR((best.box.x + best.box.width / 2) / 4, static_cast<double>(cell % 8) + unseen.targets.offsets[2 * i],
                0.75);
  }
}

TEST(DetectionLearner, GoesOnFromASavedStateBitForBit) {
  const auto straight = learner(), first = learner();
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(straight->step(batch(i), 0.01).ok());
    ASSERT_TRUE(first->step(batch(i), 0.01).ok());
  }
  const auto resumed = learner(design(), 99);
  ASSERT_TRUE(resumed->network().load(saved(*first)).ok());
  for (std::uint64_t i = 3; i < 6; ++i) {
    ASSERT_TRUE(straight->step(batch(i), 0.01).ok());
    ASSERT_TRUE(resumed->step(batch(i), 0.01).ok());
  }
  EXPECT_EQ(saved(*straight), saved(*resumed));
}

TEST(DetectionLearner, RefusesAnotherNetworksStateAndStaysAsItWas) {
  const auto l = learner();
  const auto before = saved(*l);
  auto wider = design();
  wider.width = 12;
  for (const auto& bytes : {saved(*learner(wider)), saved(*learner(design({"a", "b", "c"}))), std::string("no archive"),
                            before.substr(0, before.size() / 2)}) {
    const auto loaded = l->network().load(bytes);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().cls, ErrorClass::Invalid);
    EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(saved(*l), before);
}

TEST(DetectionLearner, TakesOverTheWeightsThatFit) {
  const auto trained = learner();
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(trained->step(batch(i), 0.01).ok());
  const auto bytes = saved(*trained);
  EXPECT_EQ(learner()->network().load_weights(bytes).value(), 0);
  EXPECT_EQ(learner(design({"a", "b", "c"}))->network().load_weights(bytes).value(), 2)
      << "weight and bias of the heatmap";
}

TEST(DetectionLearner, SaysWhenALossIsNotFinite) {
  const auto l = learner();
  ASSERT_TRUE(l->network().set_losses({}).ok());
  for (std::uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(l->step(batch(i), 1e30).ok());
  EXPECT_FALSE(std::isfinite(l->network().losses()->at("total")));
}

TEST(TensorArchive, ComesBackEqualAndWritesEqualBytes) {
  TensorArchive archive;
  archive.texts["note"] = "{\"a\": \"\xC3\xA4\"}";
  archive.groups["model"]["w"] = at::arange(6, at::kFloat).reshape({2, 3});
  archive.groups["model"]["n"] = at::full({}, 7, at::kLong);
  archive.groups["empty"] = {};
  const auto bytes = encode(archive);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, *encode(archive));
  const auto back = decode_tensor_archive(*bytes);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->texts, archive.texts);
  ASSERT_EQ(back->groups.size(), 2U);
  EXPECT_TRUE(back->groups.at("model").at("w").equal(archive.groups["model"]["w"]));
  EXPECT_EQ(back->groups.at("model").at("n").item<std::int64_t>(), 7);
}

TEST(TensorArchive, RefusesEveryCutFile) {
  TensorArchive archive;
  archive.groups["model"]["w"] = at::ones({64});
  const auto bytes = encode(archive).value();
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    EXPECT_FALSE(decode_tensor_archive(std::string_view(bytes).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace visionops::train
