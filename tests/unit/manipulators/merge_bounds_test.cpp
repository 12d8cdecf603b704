// What a merge costs when a dataset of somebody else has much of one thing.
#include <gtest/gtest.h>

#include "tests/unit/counted_heap.h"
#include "tests/unit/manipulators/collection_builder.h"
#include "worker/pipeline/collection/append.h"
#include "worker/pipeline/collection/top_level.h"

namespace visionops::pipeline {
namespace {

using annotations::Annotations;
using annotations::Object;

std::string with_licences(const std::string& word, int licences) {
  std::string text = R"({"licenses":[)";
  for (int i = 0; i < licences; ++i) {
    text += std::string(i > 0 ? "," : "") + R"({"id":)" + std::to_string(i) + R"(,"name":")" + word +
            std::to_string(i) + R"("})";
  }
  return text + "]}";
}

TEST(MergeBounds, LicencesCostInProportionToTheirNumber) {
  const auto calls = [](int licences) {
    std::vector<Collection> both(2);
    both[0].annotations.extra = with_licences("ours ", licences);
    both[1].annotations.extra = with_licences("theirs ", licences);
    std::vector<std::string> notes;
    std::string text;
    const auto use = visionops::test::heap_use([&] { text = unite_top_level(both, notes); });
    EXPECT_EQ(Json::parse(text).at("licenses").size(), static_cast<std::size_t>(2 * licences));
    return use.calls;
  };
  EXPECT_LT(calls(400), calls(100) * 9 / 2);
}

TEST(MergeBounds, LicencesOfAnyShapeAndIdAreUnited) {
  std::vector<Collection> both(2);
  both[0].annotations.extra = R"({"licenses":["free",{"id":9223372036854775807,"name":"a"}]})";
  both[1].annotations.extra =
      R"({"licenses":["free","other",{"id":9223372036854775807,"name":"b"},{"id":1,"name":"c"}]})";
  std::vector<std::string> notes;
  EXPECT_EQ(
      Json::parse(unite_top_level(both, notes)).at("licenses"),
      Json::parse(R"(["free",{"id":9223372036854775807,"name":"a"},"other",{"id":1,"name":"b"},{"id":2,"name":"c"}])"));
}

/// Objects of one image that are looked up by their hash: those of one hash are compared one by one.
TEST(MergeBounds, TheHashTellsApartWhatIsNotTheSameObject) {
  Annotations a;
  const Object plain = [] {
    Object object;
    object.box = {1, 2, 3, 4};
    object.has_box = true;
    return object;
  }();
  Object moved = plain, with_points = plain, with_ring = plain, with_other_ring = plain, with_words = plain;
  moved.box[0] = 1.5;
  with_points.keypoints = a.add_numbers(std::vector<double>{1, 2, 2});
  const auto ring = [&a](double x) {
    const auto numbers = a.add_numbers(std::vector<double>{x, 0, 4, 0, 4, 4});
    return a.add_rings(std::span(&numbers, 1));
  };
  with_ring.shape_kind = with_other_ring.shape_kind = annotations::Shape::Polygons;
  with_ring.shape = ring(0);
  with_other_ring.shape = ring(1);
  with_words.attributes = a.add_text(R"({"colour":"red"})");
  std::set<std::uint64_t> hashes{object_hash(a, plain, 1)};
  for (const auto& object : {plain, moved, with_points, with_ring, with_other_ring, with_words}) {
    hashes.insert(object_hash(a, object, 0));
  }
  EXPECT_EQ(hashes.size(), 7U);
  Object negative = plain, zero = plain;
  negative.box[0] = -0.0;
  zero.box[0] = 0;
  ASSERT_TRUE(same_object(a, negative, a, zero, 0));
  EXPECT_EQ(object_hash(a, negative, 0), object_hash(a, zero, 0));
}

}  // namespace
}  // namespace visionops::pipeline
