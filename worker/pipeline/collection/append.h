// Copies objects between annotation values, arenas included. PURE.
#pragma once

#include <cstdint>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::pipeline {

/// Where an object of `from` goes in `into`.
struct ObjectMap {
  std::vector<std::uint32_t> images;      ///< index in `into` for each image of `from`
  std::vector<std::uint32_t> categories;  ///< the same for categories
};

/// Appends the flagged objects of `from`; ids are copied as they are. The arenas of `from` are appended
/// once as a whole, so this is linear in their size.
void append_objects(annotations::Annotations& into, const annotations::Annotations& from, const ObjectMap& map,
                    const std::vector<bool>& keep);

/// Same class (that of y is given as a category of a), box, shape and flags; ids and arena positions do not count.
bool same_object(const annotations::Annotations& a, const annotations::Object& x, const annotations::Annotations& b,
                 const annotations::Object& y, std::uint32_t category_of_y_in_a);
/// Equal for two objects that are the same; for one in millions of others, too.
std::uint64_t object_hash(const annotations::Annotations& a, const annotations::Object& x, std::uint32_t category);

}  // namespace visionops::pipeline
