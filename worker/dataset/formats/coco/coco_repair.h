// Elements that are not written as COCO describes them: what means one thing is read and named, what means nothing is
// kept as text or left out, and named. Internal to the COCO reader.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/formats/coco/coco_element.h"
#include "worker/dataset/formats/coco/coco_member.h"
#include "worker/dataset/formats/coco/coco_remarks.h"

namespace visionops::annotations {

/// Not thread-safe. A fault: the element cannot be used; whether its JSON is malformed is for find_json_fault to tell.
class CocoRepair {
 public:
  explicit CocoRepair(Annotations& a) : a_(a) {}
  std::optional<Fault> image(std::string_view text, Image& out);
  /// Of the last image, whether it could be used or not.
  [[nodiscard]] std::optional<std::int64_t> image_id() const { return image_id_; }
  std::optional<Fault> category(std::string_view text, Category& out);
  /// Coordinates and texts go to the arenas; they are taken back when there is a fault.
  std::optional<Fault> object(std::string_view text, CocoObject& out);
  /// Of the last element that could be used.
  std::vector<Remark> take_remarks() { return std::move(remarks_); }
  /// Of the last element, as far as it could be read.
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }

 private:
  std::optional<Fault> image_member(const Member& m, Image& out);
  std::optional<Fault> category_member(const Member& m, Category& out);
  std::optional<Fault> object_member(const Member& m, CocoObject& out);
  std::optional<Fault> reference(const Member& m, std::int64_t& out);
  std::optional<Fault> settle_box(CocoObject& out);

  bool id(const Member& m, std::int64_t& out);
  void side(const Member& m, std::int32_t& out, bool& given);
  void name_from_address(Image& out);
  void box(const Member& m, Object& out);
  bool box_numbers(const Member& m, std::vector<double>& out);
  void area(const Member& m, Object& out);
  void flag(const Member& m, bool& set, bool& given);
  void segmentation(const Member& m, Object& out);
  void keypoints(const Member& m, Object& out);

  std::optional<Fault> begin(std::string_view text);
  void keep(const Member& m);
  std::string take_kept();
  void once(FindingKind kind, std::string_view field, std::string message);
  void quoted_number(std::string_view field);

  Annotations& a_;
  MemberReader reader_;
  std::map<std::string, std::int64_t, std::less<>> text_ids_;
  std::vector<Member> members_;  ///< of the current element
  std::vector<Remark> remarks_;
  std::optional<std::int64_t> image_id_;
  std::string kept_;         ///< members that are kept as text, "{...": open
  std::string box_problem_;  ///< why a box that is there cannot be used
};

}  // namespace visionops::annotations
