#include "worker/dataset/formats/coco/coco_references.h"

#include <algorithm>
#include <limits>

#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/formats/coco/coco_member.h"
#include "worker/dataset/model/geometry_check.h"

namespace visionops::annotations {

namespace {

std::string_view without_folders(std::string_view name) { return name.substr(name.rfind('/') + 1); }

bool same_image(const Image& x, const Image& y) {
  return x.file_name == y.file_name && x.width == y.width && x.height == y.height && x.extra == y.extra;
}

std::string_view without_suffix(std::string_view name) { return name.substr(0, name.rfind('.')); }

}  // namespace

void CocoReferences::image(std::int64_t id) {
  image_ids_.add(id, static_cast<std::uint32_t>(image_at_.size()));
  image_at_.push_back(static_cast<std::uint32_t>(a_.images.size()) - 1);
}

void CocoReferences::image_left_out(std::optional<std::int64_t> id) {
  if (id) image_ids_.add(*id, static_cast<std::uint32_t>(image_at_.size()));
  image_at_.push_back(kLeftOut);
}

void CocoReferences::category(std::int64_t id) {
  category_ids_.add(id, static_cast<std::uint32_t>(a_.categories.size()) - 1);
}

void CocoReferences::object(const CocoObject& parsed, std::uint32_t position) {
  references_.push_back({parsed.image_id, parsed.category_id, position, parsed.has_id});
}

Status CocoReferences::resolve() {
  if (auto checked = check_ids(); !checked) return checked;
  report_class_names();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < a_.objects.size(); ++i) {
    if (!resolve(a_.objects[i], references_[i])) continue;
    if (kept != i) {
      a_.objects[kept] = a_.objects[i];
      references_[kept] = references_[i];
    }
    ++kept;
  }
  a_.objects.resize(kept);
  references_.resize(kept);
  renumber_objects();
  return {};
}

/// Files that were merged name some images twice, in the same words.
void CocoReferences::unite_equal_images() {
  const auto& entries = image_ids_.entries();
  IdIndex once;
  std::vector<bool> keep(a_.images.size(), true);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::uint32_t index = image_at_[entries[i].second];
    const std::uint32_t before =
        i > 0 && entries[i - 1].first == entries[i].first ? image_at_[entries[i - 1].second] : kLeftOut;
    if (index == kLeftOut || before == kLeftOut || !same_image(a_.images[before], a_.images[index])) {
      once.add(entries[i].first, entries[i].second);
      continue;
    }
    keep[index] = false;
    image_at_[entries[i].second] = before;
    remarks_.add(
        "images", entries[i].second,
        {"DuplicateImage", "id",
         "stands already in " + coco_position("images", entries[i - 1].second) + " in the same words; kept once"});
  }
  once.build();
  image_ids_ = std::move(once);
  remove_images(keep);
}

void CocoReferences::remove_images(const std::vector<bool>& keep) {
  std::vector<std::uint32_t> moved(keep.size(), kLeftOut);
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < keep.size(); ++i) {
    if (!keep[i]) continue;
    if (kept != i) a_.images[kept] = std::move(a_.images[i]);
    moved[i] = kept++;
  }
  a_.images.resize(kept);
  for (auto& index : image_at_) {
    if (index != kLeftOut) index = moved[index];
  }
}

Status CocoReferences::check_ids() {
  image_ids_.build();
  category_ids_.build();
  if (image_ids_.first_duplicate()) unite_equal_images();
  if (const auto twice = image_ids_.first_duplicate()) {
    const auto& entries = image_ids_.entries();
    const auto id = std::ranges::find(entries, twice->first, [](const auto& entry) { return entry.second; });
    return invalid_error(coco_position("images", twice->second, "id") + ": image id " + a_.id_text(id->first) +
                         " stands already in " + coco_position("images", twice->first));
  }
  if (const auto twice = category_ids_.first_duplicate()) {
    return invalid_error(coco_position("categories", twice->second, "id") + ": category id " +
                         a_.id_text(a_.categories[twice->first].id) + " stands already in " +
                         coco_position("categories", twice->first));
  }
  return {};
}

void CocoReferences::report_class_names() {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < a_.categories.size(); ++i) {
    const auto [at, added] = first.emplace(a_.categories[i].name, i);
    if (added) continue;
    remarks_.add("categories", static_cast<std::int64_t>(i),
                 {"DuplicateClassName", "name",
                  "\"" + a_.categories[i].name + "\" is also the name of " +
                      coco_position("categories", static_cast<std::int64_t>(at->second))});
  }
}

bool CocoReferences::find_image(Object& object, const Reference& reference) {
  const auto at = image_ids_.find(reference.image);
  if (!at && is_text_id(reference.image) && find_image_by_name(object, reference)) return true;
  if (!at) {
    remarks_.add("annotations", reference.index,
                 {"DanglingImage", "image_id", "image " + a_.id_text(reference.image) + " does not exist"});
    return false;
  }
  object.image = image_at_[*at];
  if (object.image != kLeftOut) return true;
  remarks_.add("annotations", reference.index,
               {"ObjectWithoutImage", "image_id", coco_position("images", *at) + " was left out"});
  return false;
}

/// Names as they stand first, so that no shorter one takes their place.
void CocoReferences::index_names() {
  for (std::uint32_t i = 0; i < a_.images.size(); ++i) image_names_.emplace(a_.images[i].file_name, i);
  std::unordered_map<std::string, std::uint32_t> shorter;
  for (std::uint32_t i = 0; i < a_.images.size(); ++i) {
    const auto name = without_folders(a_.images[i].file_name);
    for (const auto form : {name, without_suffix(name), without_suffix(a_.images[i].file_name)}) {
      const auto [place, added] = shorter.emplace(form, i);
      if (!added && place->second != i) place->second = kLeftOut;
    }
  }
  image_names_.merge(shorter);
}

bool CocoReferences::find_image_by_name(Object& object, const Reference& reference) {
  if (image_names_.empty()) index_names();
  const auto name = string_in(a_.id_text(reference.image));
  const auto at = name ? image_names_.find(*name) : image_names_.end();
  if (at == image_names_.end() || at->second == kLeftOut) return false;
  object.image = at->second;
  remarks_.add("annotations", reference.index,
               {"RepairedReference", "image_id", "is the name of an image, not its id", true});
  return true;
}

bool CocoReferences::find_category(Object& object, const Reference& reference) {
  if (const auto at = category_ids_.find(reference.category)) {
    object.category = *at;
    return true;
  }
  const auto name = is_text_id(reference.category) ? string_in(a_.id_text(reference.category)) : std::nullopt;
  const auto same = [&](const Category& category) { return name && category.name == *name; };
  if (std::ranges::count_if(a_.categories, same) == 1) {
    object.category = static_cast<std::uint32_t>(std::ranges::find_if(a_.categories, same) - a_.categories.begin());
    remarks_.add("annotations", reference.index,
                 {"RepairedReference", "category_id", "is the name of a category, not its id", true});
    return true;
  }
  const std::string none = a_.given.categories ? "" : "; the file has no categories";
  remarks_.add(
      "annotations", reference.index,
      {"DanglingCategory", "category_id", "category " + a_.id_text(reference.category) + " does not exist" + none});
  return false;
}

bool CocoReferences::resolve(Object& object, const Reference& reference) {
  if (!find_image(object, reference) || !find_category(object, reference)) return false;
  const bool rle = object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
  if (rle) {
    if (auto remark = fit_mask(a_, object)) remarks_.add("annotations", reference.index, *std::move(remark));
  }
  if (object.has_box) {
    const Image& image = a_.images[object.image];
    const auto [x, y, w, h] = object.box;
    // the position is only built for what needs it: there may be millions of boxes
    const bool fits = w > 0 && h > 0 && x >= 0 && y >= 0 && x + w <= image.width && y + h <= image.height;
    if (!fits) check_box(a_, object, file_, coco_position("annotations", reference.index, "bbox"), findings_);
  }
  return true;
}

/// Gives ids to objects that have none or one that stands before; the others keep theirs.
void CocoReferences::renumber_objects() {
  IdIndex ids;
  ids.reserve(a_.objects.size());
  std::vector<std::uint32_t> without;
  for (std::uint32_t i = 0; i < a_.objects.size(); ++i) {
    if (references_[i].has_id) {
      ids.add(a_.objects[i].id, i);
      continue;
    }
    without.push_back(i);
    remarks_.add("annotations", references_[i].index,
                 {"MissingAnnotationId", "", "has no id that can be used, a new one is given"});
  }
  ids.build();
  const auto& entries = ids.entries();
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].first != entries[i - 1].first) continue;
    without.push_back(entries[i].second);
    remarks_.add("annotations", references_[entries[i].second].index,
                 {"DuplicateAnnotationId", "id",
                  "annotation id " + a_.id_text(entries[i].first) + " stands before, a new one is given"});
  }
  number_anew(std::move(without), entries.empty() ? 0 : std::max<std::int64_t>(entries.back().first, 0));
}

void CocoReferences::number_anew(std::vector<std::uint32_t> without, std::int64_t highest) {
  if (without.empty()) return;
  std::ranges::sort(without);
  if (highest > std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(without.size())) {
    for (std::size_t i = 0; i < a_.objects.size(); ++i) a_.objects[i].id = static_cast<std::int64_t>(i) + 1;
    return;
  }
  for (const std::uint32_t i : without) a_.objects[i].id = ++highest;
}

}  // namespace visionops::annotations
