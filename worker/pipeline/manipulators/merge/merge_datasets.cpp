// Makes one dataset out of several. Nothing gets lost on the way: equal class names become one class,
// equal ids are dealt anew, the same picture in two datasets becomes one image with the objects of both,
// and equal file names of different pictures are kept apart by the plan, which renames one of them.
#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "worker/pipeline/collection/append.h"
#include "worker/pipeline/collection/top_level.h"
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  bool unite_same_images = true;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        field(
            "uniteSameImages", &Params::unite_same_images,
            "Files with equal bytes in two sources become one image with the objects of both; false keeps both files."),
    };
    return table;
  }
};

using annotations::Annotations;
using annotations::Object;

/// Deals ids that nobody has: the wanted one while it is free, else the next above all.
class IdDealer {
 public:
  explicit IdDealer(std::int64_t highest)
      : next_(highest < std::numeric_limits<std::int64_t>::max() / 2 ? highest : 0) {}
  std::int64_t deal(std::int64_t wanted) {
    if (annotations::is_text_id(wanted)) wanted = 1;  // the texts of one source mean nothing among those of another
    if (used_.insert(wanted).second) return wanted;
    do {
      ++next_;
    } while (!used_.insert(next_).second);
    return next_;
  }

 private:
  std::int64_t next_;
  std::unordered_set<std::int64_t> used_;
};

template <class Member>
std::int64_t highest_id(const std::vector<Collection>& all, Member member) {
  std::int64_t highest = 0;
  for (const auto& c : all) {
    for (const auto& item : c.annotations.*member) highest = std::max(highest, item.id);
  }
  return highest;
}

/// Two images are the same picture when their bytes, what will be done to them, and their size are equal.
std::string picture_key(const Origin& origin, const annotations::Image& image) {
  if (origin.content.empty()) return {};
  return origin.content + " " + std::to_string(image.width) + "x" + std::to_string(image.height) + " " +
         canonical_text(fold(origin.operations));
}

/// The merged collection as it grows by one dataset after the other.
class Union {
 public:
  Union(const std::vector<Collection>& all, const Params& params, StepContext& context)
      : params_(params),
        context_(context),
        image_ids_(highest_id(all, &Annotations::images)),
        object_ids_(highest_id(all, &Annotations::objects)),
        category_ids_(highest_id(all, &Annotations::categories)) {}

  void add(Collection c) {
    ObjectMap map{place_images(c), place_categories(c.annotations)};
    const auto keep = new_objects(c.annotations, map);
    const auto first = out_.annotations.objects.size();
    append_objects(out_.annotations, c.annotations, map, keep);
    for (auto i = first; i < out_.annotations.objects.size(); ++i) {
      auto& object = out_.annotations.objects[i];
      object.id = object_ids_.deal(object.id);
    }
    // Published only now: within one dataset equal pictures under two names are the owner's decision.
    for (auto& [key, image] : new_pictures_) pictures_.emplace(key, image);
    new_pictures_.clear();
  }

  Collection take() { return std::move(out_); }

 private:
  std::vector<std::uint32_t> place_images(Collection& c) {
    std::vector<std::uint32_t> places;
    united_.assign(c.origins.size(), false);
    for (std::size_t i = 0; i < c.origins.size(); ++i) {
      auto key = picture_key(c.origins[i], c.annotations.images[i]);
      const auto same = params_.unite_same_images && !key.empty() ? pictures_.find(key) : pictures_.end();
      if (same != pictures_.end()) {
        united_[i] = true;
        places.push_back(same->second);
        context_.findings.add({"SamePicture", c.origins[i].path, "dataset " + std::to_string(c.origins[i].source + 1),
                               "has the same bytes as " + out_.origins[same->second].path + " of dataset " +
                                   std::to_string(out_.origins[same->second].source + 1) + "; kept once"});
        auto& twins = out_.origins[same->second].twins;
        twins.push_back({c.origins[i].source, std::move(c.origins[i].path)});
        std::move(c.origins[i].twins.begin(), c.origins[i].twins.end(), std::back_inserter(twins));
        continue;
      }
      const auto place = static_cast<std::uint32_t>(out_.origins.size());
      places.push_back(place);
      if (!key.empty()) new_pictures_.emplace_back(std::move(key), place);
      out_.annotations.images.push_back(std::move(c.annotations.images[i]));
      out_.annotations.images.back().id = image_ids_.deal(out_.annotations.images.back().id);
      out_.origins.push_back(std::move(c.origins[i]));
    }
    return places;
  }

  std::vector<std::uint32_t> place_categories(const Annotations& a) {
    std::vector<std::uint32_t> places;
    for (const auto& category : a.categories) {
      const auto [it, first] =
          categories_.emplace(category.name, static_cast<std::uint32_t>(out_.annotations.categories.size()));
      places.push_back(it->second);
      if (!first) continue;
      out_.annotations.categories.push_back(category);
      out_.annotations.categories.back().id = category_ids_.deal(category.id);
    }
    return places;
  }

  /// All objects but those that a united image already has.
  std::vector<bool> new_objects(const Annotations& a, const ObjectMap& map) {
    std::vector<bool> keep(a.objects.size(), true);
    if (std::find(united_.begin(), united_.end(), true) == united_.end()) return keep;
    const auto present = objects_of(map.images);
    std::size_t equal = 0;
    for (std::size_t i = 0; i < a.objects.size(); ++i) {
      const Object& object = a.objects[i];
      if (!united_[object.image]) continue;
      const auto image = map.images[object.image];
      const auto category = map.categories[object.category];
      const auto [first, end] = present.equal_range(object_hash(a, object, category));
      keep[i] = std::none_of(first, end, [&](const auto& entry) {
        const Object& other = out_.annotations.objects[entry.second];
        return other.image == image && same_object(out_.annotations, other, a, object, category);
      });
      equal += keep[i] ? 0 : 1;
    }
    if (equal) context_.notes.push_back(std::to_string(equal) + " objects of united images stood in both datasets");
    return keep;
  }

  /// The objects of the images that are united with one of the dataset being added, by their hash.
  std::unordered_multimap<std::uint64_t, std::uint32_t> objects_of(const std::vector<std::uint32_t>& places) const {
    std::vector<bool> wanted(out_.annotations.images.size(), false);
    for (std::size_t i = 0; i < places.size(); ++i) wanted[places[i]] = wanted[places[i]] || united_[i];
    std::unordered_multimap<std::uint64_t, std::uint32_t> out;
    const auto& objects = out_.annotations.objects;
    for (std::uint32_t i = 0; i < objects.size(); ++i) {
      if (!wanted[objects[i].image]) continue;
      out.emplace(object_hash(out_.annotations, objects[i], objects[i].category), i);
    }
    return out;
  }

  const Params& params_;
  StepContext& context_;
  IdDealer image_ids_, object_ids_, category_ids_;
  Collection out_;
  std::map<std::string, std::uint32_t> categories_;
  std::unordered_map<std::string, std::uint32_t> pictures_;
  std::vector<std::pair<std::string, std::uint32_t>> new_pictures_;
  std::vector<bool> united_;  ///< images of the dataset being added that are part of an earlier one
};

Format common_format(const std::vector<Collection>& all) {
  std::optional<Format> common;
  for (const auto& c : all) {
    if (c.origins.empty() && c.annotations.categories.empty()) continue;
    if (common && *common != c.annotations.source_format) return Format::None;
    common = c.annotations.source_format;
  }
  return common.value_or(Format::None);
}

Result<Collection> merge(std::vector<Collection> all, const Params& params, StepContext& context) {
  const Format format = common_format(all);
  std::string top_level = unite_top_level(all, context.notes);
  Union merged(all, params, context);
  for (auto& c : all) merged.add(std::move(c));
  Collection out = merged.take();
  out.annotations.extra = std::move(top_level);
  out.annotations.source_format = format;
  return out;
}

}  // namespace

extern const Manipulator merge_datasets = define_merge<Params>(
    {.name = "merge_datasets",
     .doc = "Makes one dataset out of all sources: classes are united by name, equal ids are dealt anew, equal file "
            "names of different pictures are kept apart by renaming one.",
     .category = contract::ManipulatorCategory::Merge,
     .scopes = kPostMerge},
    merge);

}  // namespace visionops::pipeline
