#include <algorithm>

#include "worker/dataset/folder/image_finder.h"
#include "worker/dataset/formats/datumaro/datumaro.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_fields.h"

namespace visionops::datumaro {

namespace {

using annotations::JsonMembers;
using annotations::member_of;

constexpr double kLongest = 1 << 24;  // pixels of a side

/// Where the images of annotations/train.json are.
std::vector<std::string> roots_of(const std::string& file) {
  const std::string subset(dataset_folder::without_suffix(dataset_folder::base_name(file)));
  return {"images/" + subset + "/", "images/", "", subset + "/"};
}

std::string text_of_value(const Json& value) { return dump_json(value); }

/// "image" in version 1.0, "media" since; its path, or the id of the item.
std::string name_of(const Json& item) {
  for (const char* key : {"image", "media"}) {
    if (const auto* image = member_of(item, key)) {
      const auto path = text_of(*image, "path");
      if (!path.empty()) return path;
    }
  }
  const auto id = text_of(item, "id");
  return id.empty() ? id : id + ".jpg";
}

/// Height and width stand in it in this order.
void describe(const Json& item, annotations::Image& image) {
  const auto* media = member_of(item, "image") != nullptr ? member_of(item, "image") : member_of(item, "media");
  const auto size = annotations::numbers_in(media != nullptr ? member_of(*media, "size") : nullptr, kLongest);
  if (size && size->size() >= 2 && (*size)[0] > 0 && (*size)[1] > 0) {
    image.height = static_cast<std::int32_t>((*size)[0]);
    image.width = static_cast<std::int32_t>((*size)[1]);
    image.has_width = image.has_height = true;
  }
  JsonMembers extra = JsonMembers::of_image();
  for (const auto& [key, value] : item.items()) {
    const bool known = key == "id" || key == "annotations" || key == "image" || key == "media";
    if (!known && !annotations::is_empty_value(value)) extra.add(key, text_of_value(value));
  }
  image.extra = extra.text();
}

/// Attributes, and what else says something.
std::string attributes_of(const Json& annotation) {
  JsonMembers members;
  if (const auto* given = member_of(annotation, "attributes"); given != nullptr && given->is_object()) {
    for (const auto& [key, value] : given->items()) members.add(key, text_of_value(value));
  }
  for (const auto& [key, value] : annotation.items()) {
    const bool geometry = key == "type" || key == "bbox" || key == "points" || key == "rle";
    const bool known = geometry || key == "attributes" || key == "label_id" || key == "id";
    const bool usual = (key == "group" || key == "z_order") && value == Json(0);
    if (!known && !usual && !annotations::is_empty_value(value) && !members.add(key, text_of_value(value))) {
      members.add("datumaro_" + key, text_of_value(value));
    }
  }
  return members.text();
}

}  // namespace

bool looks_like_datumaro(std::string_view head) {
  const auto has = [head](std::string_view key) { return head.find(key) != std::string_view::npos; };
  return has("\"dm_format_version\"") || (has("\"items\"") && has("\"categories\"") && has("\"label\""));
}

DatumaroReader::DatumaroReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing,
                               std::string file, annotations::Findings& findings)
    : loaded_(loaded),
      findings_(findings),
      file_(std::move(file)),
      roots_(roots_of(file_)),
      images_(loaded, listing, file_, findings),
      top_({"images", "annotations", "categories"}) {}

Status DatumaroReader::take(const annotations::JsonElement& element) {
  const auto at = "byte " + std::to_string(element.offset);
  if (element.key == "categories" && element.index == annotations::kWholeValue) return take_categories(element.text);
  if (element.key != "items") {
    auto value = parse_json(element.text);
    if (!value) return value.error().in(at);
    const bool own = element.key == "dm_format_version" || element.key == "media_type";
    if (!own && !annotations::is_empty_value(*value)) top_.add(element.key, text_of_value(*value));
    return {};
  }
  if (element.index == annotations::kListBegins) return {};
  if (element.index == annotations::kWholeValue) return invalid_error(at + ": items is no list (Datumaro)");
  items_ = true;
  const std::string position = "items[" + std::to_string(element.index) + "]";
  auto item = parse_json(element.text);
  if (!item || !item->is_object()) {
    findings_.add({"MalformedImage", file_, position + ", " + at, item ? "is no object" : item.error().message});
    return {};
  }
  take_item(*item, position);
  return {};
}

/// {"label": {"labels": [{"name": "car", "parent": ""}]}, ...}
Status DatumaroReader::take_categories(std::string_view text) {
  auto categories = parse_json(text);
  if (!categories) return categories.error().in("categories");
  if (items_) return invalid_error("categories stand behind items; a label has no name before them");
  const auto* label = member_of(*categories, "label");
  const auto* labels = label != nullptr ? member_of(*label, "labels") : nullptr;
  if (labels == nullptr || !labels->is_array()) return {};
  auto& out = loaded_.annotations.categories;
  for (const auto& entry : *labels) {
    auto& category = out.emplace_back();
    category.id = static_cast<std::int64_t>(out.size());
    category.name = text_of(entry, "name");
    category.supercategory = text_of(entry, "parent");
    if (category.name.empty()) {
      return invalid_error("categories.label.labels[" + std::to_string(out.size() - 1) + "] has no name");
    }
  }
  return {};
}

void DatumaroReader::take_item(const Json& item, const std::string& position) {
  const auto before = loaded_.annotations.images.size();
  const auto image = images_.add(name_of(item), roots_, position);
  if (loaded_.annotations.images.size() > before) describe(item, loaded_.annotations.images.back());
  const auto* list = member_of(item, "annotations");
  if (list == nullptr) return;
  if (!list->is_array()) {
    findings_.add({"MalformedAnnotation", file_, position + ".annotations", "is no list"});
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto where = position + ".annotations[" + std::to_string(i) + "]";
    if (image) {
      take_annotation((*list)[i], *image, where);
    } else {
      findings_.add({"ObjectWithoutImage", file_, where, "its image is left out"});
    }
  }
}

std::optional<std::uint32_t> DatumaroReader::category_of(const Json& annotation, const std::string& position) {
  const auto* id = member_of(annotation, "label_id");
  const auto count = loaded_.annotations.categories.size();
  if (id != nullptr && id->is_number_unsigned() && id->get<std::uint64_t>() < count) {
    return static_cast<std::uint32_t>(id->get<std::uint64_t>());
  }
  const auto told = id == nullptr || id->is_null() ? "has no label_id"
                                                   : "label_id " + dump_json(*id).substr(0, 40) + " is none of the " +
                                                         std::to_string(count) + " labels";
  findings_.add({"DanglingCategory", file_, position, told});
  return std::nullopt;
}

void DatumaroReader::take_annotation(const Json& annotation, std::uint32_t image, const std::string& position) {
  if (!annotation.is_object()) {
    findings_.add({"MalformedAnnotation", file_, position, "is no object"});
    return;
  }
  auto& a = loaded_.annotations;
  annotations::Object object;
  object.image = image;
  const auto shaped = read_geometry(annotation, a, object);
  if (shaped.left_out) {
    findings_.add({*shaped.left_out, file_, position, shaped.why});
    return;
  }
  const auto category = category_of(annotation, position);
  if (!category) return;
  object.category = *category;
  object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
  const auto attributes = attributes_of(annotation);
  if (!attributes.empty()) object.attributes = a.add_text(attributes);
  annotations::check_box(a, object, file_, position, findings_);
  a.objects.push_back(object);
}

void DatumaroReader::finish() {
  loaded_.annotations.extra = top_.text();
  images_.report_orphans();
}

}  // namespace visionops::datumaro
