#include "worker/dataset/model/category_names.h"

#include <algorithm>
#include <numeric>

namespace visionops::annotations {

std::uint32_t CategoryNames::of(Annotations& a, std::string_view name) {
  for (; known_ < a.categories.size(); ++known_) {
    indexes_.emplace(a.categories[known_].name, static_cast<std::uint32_t>(known_));
  }
  const auto [at, added] = indexes_.emplace(name, static_cast<std::uint32_t>(a.categories.size()));
  const bool here = at->second < a.categories.size() && a.categories[at->second].name == name;
  if (!added && here) return at->second;
  at->second = static_cast<std::uint32_t>(a.categories.size());
  auto& category = a.categories.emplace_back();
  category.id = static_cast<std::int64_t>(a.categories.size());
  category.name = name;
  return at->second;
}

void sort_categories(Annotations& a, std::size_t listed) {
  std::vector<std::uint32_t> order(a.categories.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin() + static_cast<std::ptrdiff_t>(listed), order.end(),
            [&a](std::uint32_t x, std::uint32_t y) { return a.categories[x].name < a.categories[y].name; });
  std::vector<Category> sorted;
  std::vector<std::uint32_t> place(order.size());
  for (const auto from : order) {
    place[from] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(std::move(a.categories[from]));
    sorted.back().id = static_cast<std::int64_t>(sorted.size());
  }
  a.categories = std::move(sorted);
  for (auto& object : a.objects) object.category = place[object.category];
}

void count_lost_categories(const Annotations& a, const std::vector<bool>& kept,
                           const std::function<bool(const Category& category)>& is_listed, LossCounter& loss) {
  std::vector<bool> used(a.categories.size(), false);
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    if (kept[i]) used[a.objects[i].category] = true;
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i] || is_listed(a.categories[i])) continue;
    loss.add_example(LossKind::UnknownKeys,
                     [&] { return "category " + a.categories[i].name + ": no object is of it"; });
  }
}

}  // namespace visionops::annotations
