#include <algorithm>

#include "base/relative_path.h"
#include "worker/dataset/formats/class_folders/class_folders.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::class_folders {

namespace {

using annotations::Annotations;
using annotations::LossCounter;
using annotations::Object;
using annotations::Shape;

bool is_label(const Object& object) {
  return !object.has_box && object.shape_kind == Shape::None && object.keypoints.size == 0 && !object.crowd &&
         !object.ignore;
}

/// Which objects stand in the folders: the label of each image.
std::vector<bool> kept_of(const Annotations& a) {
  const auto by_image = annotations::group_by_image(a);
  std::vector<bool> kept(a.objects.size(), false);
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    if (const auto label = label_of(a, by_image.of(i))) kept[*label] = true;
  }
  return kept;
}

std::string why_left_out(const Annotations& a, const Object& object) {
  if (!is_label(object)) return "is no label of the whole image";
  return can_be_folder(a.categories[object.category].name)
             ? "the image has a label before it"
             : "no folder can have the name of its class; remap_class_name gives it another";
}

void count_object(const Annotations& a, std::size_t i, bool kept, LossCounter& loss) {
  const Object& object = a.objects[i];
  const auto count = [&](bool it, LossKind kind, const char* what) {
    if (it) loss.add(kind, i, [what] { return std::string(what); });
  };
  count(object.crowd, LossKind::Crowd, "crowd region is left out");
  count(object.ignore && !object.crowd, LossKind::Ignore, "ignored region is left out");
  if (!kept && !object.crowd && !object.ignore) loss.add(LossKind::Objects, i, [&] { return why_left_out(a, object); });
  count(object.shape_kind != Shape::None && (object.shape_kind != Shape::Polygons || object.shape.size > 0),
        LossKind::Masks, object.shape_kind == Shape::OrientedBox ? "oriented box becomes its bounds" : "mask");
  count(object.keypoints.size > 0, LossKind::Keypoints, "keypoints");
  count(object.extra.size > 0, LossKind::UnknownKeys, "unknown keys");
  if (object.attributes.size > 2) {  // "{}" holds nothing
    loss.add(LossKind::Attributes, i, [&] { return std::string(a.text_view(object.attributes).substr(0, 120)); });
  }
}

/// What follows the folder of this name, or the whole.
std::string_view behind_folder(std::string_view path, const std::string& name) {
  const auto at = ("/" + std::string(path)).find("/" + name + "/");
  return at == std::string::npos ? path : path.substr(at + name.size() + 1);
}

}  // namespace

bool can_be_folder(const std::string& name) {
  const bool plain = name.find('/') == std::string::npos && !name.starts_with('.') && name != "__MACOSX";
  return plain && !relative_path_problem(name) && name.find_first_not_of(' ') != std::string::npos;
}

std::optional<std::uint32_t> label_of(const Annotations& a, std::span<const std::uint32_t> objects) {
  for (const auto index : objects) {
    const Object& object = a.objects[index];
    if (is_label(object) && can_be_folder(a.categories[object.category].name)) return index;
  }
  return std::nullopt;
}

bool fits_classes(const annotations::Category& category) {
  return category.name.find_first_of("\r\n") == std::string::npos &&
         category.name.find_first_not_of(" \t") != std::string::npos;
}

annotations::LossReport class_folders_loss(const Annotations& a, const std::vector<Task>&) {
  LossCounter loss(a);
  const auto kept = kept_of(a);
  annotations::count_lost_categories(a, kept, fits_classes, loss);
  for (std::size_t i = 0; i < a.objects.size(); ++i) count_object(a, i, kept[i], loss);
  annotations::count_unknown_keys(a, loss);
  return loss.report();
}

std::vector<bool> class_folders_keeps(const Annotations& a, const std::vector<Task>&) { return kept_of(a); }

std::string image_name(const Annotations& a, std::uint32_t image, std::span<const std::uint32_t> objects) {
  std::string name = a.images[image].file_name;
  if (const auto label = label_of(a, objects)) {
    const auto& folder = a.categories[a.objects[*label].category].name;
    // The plan takes the folder of all images off a name, and this one is that of a class.
    const std::string above = folder == "images" ? "images/" : "";
    return above + folder + "/" + std::string(behind_folder(name, folder));
  }
  std::ranges::replace(name, '/', '_');  // a folder would be a class
  return name;
}

}  // namespace visionops::class_folders
