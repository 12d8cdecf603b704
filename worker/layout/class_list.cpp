#include "worker/layout/class_list.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace visionops::layout {

using annotations::Annotations;
using annotations::Category;

namespace {

void number_from_one(ClassList& list) {
  std::int64_t id = 0;
  for (auto& category : list.categories) category.id = ++id;
}

}  // namespace

std::vector<std::string> ClassList::names() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < usable; ++i) out.push_back(categories[i].name);
  return out;
}

ClassList unite_classes(const std::vector<const Annotations*>& sets) {
  ClassList list;
  std::unordered_set<std::string> seen;
  for (const auto* set : sets) {
    for (const auto& category : set->categories) {
      if (seen.insert(category.name).second) list.categories.push_back(category);
    }
  }
  list.usable = list.categories.size();
  number_from_one(list);
  return list;
}

void sort_classes(ClassList& list, const std::function<bool(const std::string& name)>& has_place) {
  std::ranges::sort(list.categories, {}, &Category::name);
  const auto rest = std::ranges::stable_partition(list.categories, has_place, &Category::name);
  list.usable = list.categories.size() - rest.size();
  number_from_one(list);
}

void take_classes(pipeline::Collection& collection, const ClassList& list) {
  std::unordered_map<std::string_view, std::uint32_t> places;
  for (std::size_t i = 0; i < list.categories.size(); ++i) {
    places.emplace(list.categories[i].name, static_cast<std::uint32_t>(i));
  }
  std::vector<std::uint32_t> renumbered;
  for (const auto& category : collection.annotations.categories) renumbered.push_back(places.at(category.name));
  pipeline::replace_categories(collection, list.categories, renumbered);
}

std::vector<std::string> classes_without_objects(const Annotations& a, const ClassList& list) {
  std::vector<bool> seen(list.categories.size(), false);
  for (const auto& object : a.objects) seen[object.category] = true;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < list.usable; ++i) {
    if (!seen[i]) out.push_back(list.categories[i].name);
  }
  return out;
}

}  // namespace visionops::layout
