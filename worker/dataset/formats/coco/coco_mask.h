// A segmentation that is not written as COCO describes it: what means one thing is read, the rest is named. Internal to
// the COCO reader.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

#include "worker/dataset/formats/coco/coco_remarks.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Understood: a ring, the rings of a list, points as pairs or as {"x", "y"}, all of them at any depth up to four
/// lists; run-length masks alone or in a list (their union), `counts` as the text of Python's bytes.
class CocoMaskReader {
 public:
  CocoMaskReader(Annotations& a, std::vector<Remark>& remarks) : a_(a), remarks_(remarks) {}
  /// A list or an object. `out` gets the good parts; of parts that are lost there are BadPolygon and BadRle.
  void read(simdjson::dom::element segmentation, Object& out);

 private:
  using Element = simdjson::dom::element;

  void collect(Element part, const std::string& field, int depth);
  bool collect_points(Element part);
  void collect_ring(std::vector<double> points, const std::string& field);
  void collect_rle(Element part, const std::string& field);
  void keep_rles(Object& out);
  void keep_rings(Object& out);
  void odd(const char* what);
  void lost(FindingKind kind, const std::string& field, std::string message);

  Annotations& a_;
  std::vector<Remark>& remarks_;
  std::vector<std::vector<double>> rings_;
  std::vector<Object> rles_;  ///< only shape, shape_kind, rle_size
  std::vector<const char*> oddities_;
  bool emptied_ = false;  ///< there was a ring of nothing
  bool listed_ = false;   ///< a run-length mask stands in a list
};

/// Gives the run-length mask of `object`, whose `size` has the sides of its image exchanged, the right size where its
/// box tells which of the two is meant: the size alone is wrong, or the mask lies on its side. False: it does not tell.
bool exchange_mask_sides(Annotations& a, Object& object);

/// Gives a run-length mask up that is of another size than its image, or exchanges its sides where that is certain.
/// What is to be said of it; nothing for a mask that fits, or when the size of the image is not known.
std::optional<Remark> fit_mask(Annotations& a, Object& object);

/// x, y, width, height around the mask of `object`; nothing when there is none, or nothing in it.
std::optional<std::array<double, 4>> box_of_mask(const Annotations& a, const Object& object);
/// Square pixels: of run-length masks exactly, of polygons by their corners; of an object without a mask its box.
std::optional<double> area_of(const Annotations& a, const Object& object);

}  // namespace visionops::annotations
