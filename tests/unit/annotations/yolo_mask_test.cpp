// Masks as polygon rows: what is written covers what was there.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "worker/dataset/formats/yolo/clipped_ring.h"
#include "worker/dataset/formats/yolo/mask_contours.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {
namespace {

struct Mask {
  std::int64_t width, height;
  std::vector<bool> set;  // by columns
  Mask(std::int64_t w, std::int64_t h) : width(w), height(h), set(static_cast<std::size_t>(w * h)) {}
  auto at(std::int64_t x, std::int64_t y) { return set[static_cast<std::size_t>(x * height + y)]; }
  std::vector<std::int64_t> runs() const {
    std::vector<std::int64_t> out{0};
    bool last = false;
    for (const bool bit : set) {
      if (bit != last) out.push_back(0);
      last = bit;
      ++out.back();
    }
    return out;
  }
  std::int64_t area() const { return std::count(set.begin(), set.end(), true); }
};

/// By the even-odd rule, apart from the product: the ray from the centre of a pixel to the left.
bool inside(const std::vector<std::vector<double>>& rings, double x, double y) {
  bool in = false;
  for (const auto& ring : rings) {
    for (std::size_t i = 0, j = ring.size() - 2; i < ring.size(); j = i, i += 2) {
      const bool crosses = (ring[i + 1] > y) != (ring[j + 1] > y);
      if (crosses && x < (ring[j] - ring[i]) * (y - ring[i + 1]) / (ring[j + 1] - ring[i + 1]) + ring[i]) in = !in;
    }
  }
  return in;
}

double iou(Mask& mask, const std::vector<std::vector<double>>& rings) {
  std::int64_t both = 0, any = 0;
  for (std::int64_t x = 0; x < mask.width; ++x) {
    for (std::int64_t y = 0; y < mask.height; ++y) {
      const bool drawn = inside(rings, static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5);
      both += drawn && mask.at(x, y) ? 1 : 0;
      any += drawn || mask.at(x, y) ? 1 : 0;
    }
  }
  return static_cast<double>(both) / static_cast<double>(any);
}

Mask disc(std::int64_t side, double radius, double hole) {
  Mask mask(side, side);
  for (std::int64_t x = 0; x < side; ++x) {
    for (std::int64_t y = 0; y < side; ++y) {
      const double r = std::hypot(static_cast<double>(x) + 0.5 - static_cast<double>(side) / 2,
                                  static_cast<double>(y) + 0.5 - static_cast<double>(side) / 2);
      mask.at(x, y) = r < radius && r >= hole;
    }
  }
  return mask;
}

TEST(MaskContours, SmallMasksAreDrawnExactly) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    Mask mask(1 + random() % 3, 1 + random() % 4);
    for (std::size_t i = 0; i < mask.set.size(); ++i) mask.set[i] = random() % 3 != 0;
    const auto contours = contours_of(mask.runs(), mask.height);
    ASSERT_TRUE(contours);
    double area = 0;
    for (const auto& ring : contours->rings) area += doubled_area(ring) / 2;
    EXPECT_NEAR(area, static_cast<double>(mask.area()), 1e-9) << "holes count against parts";
    if (mask.area() > 0) {
      EXPECT_EQ(iou(mask, contours->rings), 1);
    }
    EXPECT_EQ(contours->parts + contours->holes, contours->rings.size());
  }
}

TEST(MaskContours, ADiscNeedsFewPointsAndItsErrorIsTold) {
  auto mask = disc(200, 90, 0);
  const auto contours = contours_of(mask.runs(), mask.height);
  ASSERT_EQ(contours->rings.size(), 1U);
  EXPECT_LT(contours->rings[0].size() / 2, 150U);
  EXPECT_GT(contours->iou, 0.995);
  EXPECT_NEAR(contours->iou, iou(mask, contours->rings), 0.002);
}

TEST(MaskContours, AHoleStaysAHole) {
  auto mask = disc(100, 45, 20);
  const auto contours = contours_of(mask.runs(), mask.height);
  EXPECT_EQ(contours->parts, 1U);
  EXPECT_EQ(contours->holes, 1U);
  EXPECT_GT(iou(mask, contours->rings), 0.95);
}

TEST(MaskContours, NoiseIsDrawnAlongItsPixels) {
  std::mt19937 random(3);
  Mask mask(60, 60);
  for (std::size_t i = 0; i < mask.set.size(); ++i) mask.set[i] = random() % 2 != 0;
  const auto contours = contours_of(mask.runs(), mask.height);
  EXPECT_GE(contours->iou, 0.95);
  EXPECT_GE(iou(mask, contours->rings), 0.95);
}

TEST(MaskContours, AnEmptyMaskHasNoneAndAHugeOneIsNotDrawn) {
  EXPECT_TRUE(contours_of(std::vector<std::int64_t>{100}, 10)->rings.empty());
  EXPECT_TRUE(contours_of(std::vector<std::int64_t>{}, 10)->rings.empty());
  EXPECT_FALSE(contours_of(std::vector<std::int64_t>{0, 1LL << 36}, 1LL << 18));
}

Annotations with_mask(const Mask& mask) {
  Annotations a;
  a.categories.resize(1);
  a.images.resize(1);
  a.images[0].file_name = "a.png";
  a.images[0].width = static_cast<std::int32_t>(mask.width);
  a.images[0].height = static_cast<std::int32_t>(mask.height);
  a.objects.resize(1);
  a.objects[0].shape_kind = Shape::RleCompressed;
  a.objects[0].shape = a.add_text(encode_rle(mask.runs()));
  a.objects[0].rle_size = {a.images[0].height, a.images[0].width};
  return a;
}

std::string row_of(const Annotations& a) {
  const std::uint32_t first = 0;
  return write_yolo_labels(a, std::span(&first, 1), YoloRows::Polygons);
}

TEST(YoloMask, ARunLengthMaskWithAHoleIsOneRowThatCoversIt) {
  auto mask = disc(100, 45, 20);
  mask.at(1, 1) = true;  // and a part of its own
  auto a = with_mask(mask);
  const auto report = yolo_loss(a, {Task::Segmentation});
  ASSERT_EQ(report.entries.size(), 2U);
  EXPECT_EQ(report.entries[0].kind, LossKind::MultiPart);
  EXPECT_EQ(report.entries[1].kind, LossKind::Precision);
  EXPECT_NE(report.entries[1].examples[0].find("with 1 hole cut out over a bridge, IoU 0.9"), std::string::npos)
      << report.entries[1].examples[0];
  auto back = with_mask(mask);
  back.objects.clear();
  Findings findings;
  read_yolo_labels(row_of(a), "a.txt", 0, back, findings);
  ASSERT_EQ(back.objects.size(), 1U);
  const auto ring = back.number_span(back.ring_span(back.objects[0].shape)[0]);
  EXPECT_GT(iou(mask, {{ring.begin(), ring.end()}}), 0.95);
}

TEST(YoloMask, AMaskOfAnotherSizeThanTheImageIsLeftOutByName) {
  auto a = with_mask(disc(20, 8, 0));
  a.images[0].width = 21;
  EXPECT_EQ(row_of(a), "");
  const auto report = yolo_loss(a, {Task::Segmentation});
  ASSERT_EQ(report.entries.size(), 1U);
  EXPECT_EQ(report.entries[0].kind, LossKind::Objects);
}

TEST(YoloMask, WhatStandsOverTheFrameIsCutOffAndNotMoved) {
  const std::vector<double> ring{-50, 0, 50, 0, 50, 48};
  EXPECT_DOUBLE_EQ(doubled_area(clip_ring(ring, 64, 48)) / 2, 1800);  // 2400 less the triangle left of the frame
  EXPECT_TRUE(clip_ring(std::vector<double>{-5, -5, -1, -5, -1, -1}, 64, 48).empty());
  EXPECT_EQ(clip_ring(std::vector<double>{1, 1, 9, 1, 9, 9}, 64, 48), (std::vector<double>{1, 1, 9, 1, 9, 9}));
}

TEST(YoloMask, CutsMeetTheAreaInsideForAnyPolygon) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> place(-40, 100);
  for (int round = 0; round < 100; ++round) {
    std::vector<double> ring;
    for (int i = 0; i < 6; ++i) ring.push_back(place(random));
    const auto cut = clip_ring(ring, 64, 48);
    int was = 0, is = 0;
    for (int x = 0; x < 64; ++x) {
      for (int y = 0; y < 48; ++y) {
        was += inside({ring}, x + 0.5, y + 0.5) ? 1 : 0;
        is += !cut.empty() && inside({cut}, x + 0.5, y + 0.5) ? 1 : 0;
      }
    }
    EXPECT_NEAR(was, is, 1) << round;
    for (std::size_t i = 0; i < cut.size(); i += 2) {
      EXPECT_TRUE(cut[i] >= 0 && cut[i] <= 64 && cut[i + 1] >= 0 && cut[i + 1] <= 48) << round;
    }
  }
}

}  // namespace
}  // namespace visionops::annotations
