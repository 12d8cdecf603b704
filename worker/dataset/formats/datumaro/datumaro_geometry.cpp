#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "worker/dataset/formats/datumaro/datumaro.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/model/rle.h"
#include "worker/dataset/text/json_fields.h"

namespace visionops::datumaro {

namespace {

using annotations::Annotations;
using annotations::member_of;
using annotations::Object;

constexpr double kFar = 1 << 24;  // pixels
constexpr int kPointsOfAnEllipse = 64;

Shaped malformed(std::string why) { return {annotations::FindingKind("MalformedAnnotation"), std::move(why)}; }

Shaped read_box(const Json& annotation, Object& object) {
  const auto box = annotations::numbers_in(member_of(annotation, "bbox"), kFar);
  if (!box || box->size() != 4) return malformed("bbox is no list of four numbers within reach");
  if ((*box)[2] < 0 || (*box)[3] < 0) return malformed("bbox has a negative width or height");
  std::ranges::copy(*box, object.box.begin());
  object.area = object.box[2] * object.box[3];
  object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
  return {};
}

Shaped read_polygon(const Json& annotation, Annotations& a, Object& object) {
  const auto points = annotations::numbers_in(member_of(annotation, "points"), kFar);
  if (!points || points->size() < 6 || points->size() % 2 != 0) {
    return malformed("points is no list of three or more pairs of numbers within reach");
  }
  set_ring(a, object, *points);
  return {};
}

/// Left, top, right, bottom of its box.
Shaped read_ellipse(const Json& annotation, Annotations& a, Object& object) {
  const auto points = annotations::numbers_in(member_of(annotation, "points"), kFar);
  if (!points || points->size() != 4) return malformed("points of an ellipse is no list of four numbers within reach");
  const auto& p = *points;
  std::vector<double> ring;
  for (int i = 0; i < kPointsOfAnEllipse; ++i) {
    const double angle = 2 * std::numbers::pi * i / kPointsOfAnEllipse;
    ring.push_back((p[0] + p[2]) / 2 + (p[2] - p[0]) / 2 * std::cos(angle));
    ring.push_back((p[1] + p[3]) / 2 + (p[3] - p[1]) / 2 * std::sin(angle));
  }
  set_ring(a, object, ring);
  return {};
}

/// Left, top, width, height of the pixels inside; the runs go down the columns.
std::array<double, 4> bounds_of(const std::vector<std::int64_t>& runs, std::int64_t height) {
  std::int64_t at = 0, left = -1, right = 0, top = height, bottom = 0;
  for (std::size_t i = 0; i < runs.size(); at += runs[i++]) {
    if (i % 2 == 0 || runs[i] == 0) continue;
    const auto last = at + runs[i] - 1;
    if (left < 0) left = at / height;
    right = last / height;
    const bool one_column = at / height == last / height;
    top = std::min(top, one_column ? at % height : 0);
    bottom = std::max(bottom, one_column ? last % height : height - 1);
  }
  if (left < 0) return {};
  return {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right - left + 1),
          static_cast<double>(bottom - top + 1)};
}

Shaped read_mask(const Json& annotation, Annotations& a, Object& object) {
  const auto* rle = member_of(annotation, "rle");
  const auto* counts = rle != nullptr ? member_of(*rle, "counts") : nullptr;
  const auto size = annotations::numbers_in(rle != nullptr ? member_of(*rle, "size") : nullptr, kFar);
  if (counts == nullptr || !counts->is_string() || !size || size->size() != 2) {
    return malformed("rle has no counts (text) and size (two numbers)");
  }
  const auto height = static_cast<std::int64_t>((*size)[0]);
  const auto width = static_cast<std::int64_t>((*size)[1]);
  const auto text = counts->get<std::string>();
  const auto runs = annotations::decode_rle(text, height, width);
  if (!runs) return malformed("rle: " + runs.error().message);
  if (height == 0) return malformed("rle has no height");
  object.shape = a.add_text(text);
  object.shape_kind = annotations::Shape::RleCompressed;
  object.rle_size = {static_cast<std::int32_t>(height), static_cast<std::int32_t>(width)};
  object.box = bounds_of(*runs, height);
  object.area = static_cast<double>(annotations::rle_area(*runs));
  object.has_box = object.has_area = object.has_crowd = true;
  return {};
}

}  // namespace

Shaped read_geometry(const Json& annotation, Annotations& a, Object& object) {
  const auto type = text_of(annotation, "type");
  if (type == "bbox") return read_box(annotation, object);
  if (type == "polygon") return read_polygon(annotation, a, object);
  if (type == "ellipse") return read_ellipse(annotation, a, object);
  if (type == "mask") return read_mask(annotation, a, object);
  if (type == "label") return {};
  return {annotations::FindingKind("UnsupportedShape"), annotations::quoted(type) + " is no type that is read"};
}

}  // namespace visionops::datumaro
