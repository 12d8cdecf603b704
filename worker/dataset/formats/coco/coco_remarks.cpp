#include "worker/dataset/formats/coco/coco_remarks.h"

namespace visionops::annotations {

std::string coco_position(std::string_view section, std::int64_t index, std::string_view field) {
  std::string out = std::string(section) + "[" + std::to_string(index) + "]";
  if (!field.empty()) out.append(".").append(field);
  return out;
}

void CocoRemarks::add(std::string_view section, std::int64_t index, Remark remark) {
  if (!remark.once) {
    findings_.add({remark.kind, file_, coco_position(section, index, remark.field), std::move(remark.message)});
    return;
  }
  const std::string key = std::string(remark.kind) + " " + std::string(section) + "." + remark.field;
  const auto known = habits_.find(key);
  if (known != habits_.end()) {
    ++known->second.count;
    return;
  }
  std::string position = coco_position(section, index, remark.field);
  habits_.emplace(key, Habit{std::move(remark), std::move(position), 1});
}

void CocoRemarks::finish() {
  for (auto& [key, habit] : habits_) {
    if (habit.count > 1) habit.first.message += "; so in " + std::to_string(habit.count) + " elements";
    findings_.add({habit.first.kind, file_, std::move(habit.position), std::move(habit.first.message)});
  }
  habits_.clear();
}

}  // namespace visionops::annotations
