// What the elements of a COCO file refer to, resolved when all sections are read. Internal to the COCO reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "worker/dataset/formats/coco/coco_element.h"
#include "worker/dataset/formats/coco/coco_remarks.h"
#include "worker/dataset/model/id_index.h"

namespace visionops::annotations {

/// Not thread-safe. What it is made of must outlive it.
class CocoReferences {
 public:
  CocoReferences(Annotations& a, CocoRemarks& remarks, Findings& findings, const std::string& file)
      : a_(a), remarks_(remarks), findings_(findings), file_(file) {}
  /// In the order of the file: the image whose element was just appended to the images, or one with an id that is left
  /// out, or one without an id.
  void image(std::int64_t id);
  void image_left_out(std::optional<std::int64_t> id);
  void category(std::int64_t id);
  void object(const CocoObject& parsed, std::uint32_t position);

  /// Leaves out objects that refer to nothing, and images that stand a second time as they are. Invalid: an id of an
  /// image or a category stands twice otherwise.
  Status resolve();

 private:
  static constexpr std::uint32_t kLeftOut = 0xffffffff;
  struct Reference {
    std::int64_t image;
    std::int64_t category;
    std::uint32_t index;  ///< position in the file
    bool has_id;
  };

  Status check_ids();
  void unite_equal_images();
  void remove_images(const std::vector<bool>& keep);
  void report_class_names();
  bool resolve(Object& object, const Reference& reference);
  bool find_image(Object& object, const Reference& reference);
  bool find_image_by_name(Object& object, const Reference& reference);
  bool find_category(Object& object, const Reference& reference);
  void renumber_objects();
  void number_anew(std::vector<std::uint32_t> without, std::int64_t highest);
  void index_names();

  Annotations& a_;
  CocoRemarks& remarks_;
  Findings& findings_;
  const std::string& file_;
  std::vector<std::uint32_t> image_at_;  ///< position in the file -> index in the images, kLeftOut
  IdIndex image_ids_;                    ///< -> position in the file
  IdIndex category_ids_;                 ///< -> index in the categories
  std::vector<Reference> references_;    ///< parallel to the objects
  std::unordered_map<std::string, std::uint32_t> image_names_;  ///< -> index in the images; kLeftOut: several
};

}  // namespace visionops::annotations
