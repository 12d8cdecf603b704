// What is to be said of elements of a COCO file. Internal to the COCO reader.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// "annotations[12].bbox"
std::string coco_position(std::string_view section, std::int64_t index, std::string_view field = "");

struct Remark {
  FindingKind kind;
  std::string field;
  std::string message;
  bool once = false;  ///< a habit of the tool that wrote the file: told once a field, with a count
};

/// Turns remarks into findings. Not thread-safe; `findings` must outlive it.
class CocoRemarks {
 public:
  CocoRemarks(std::string file, Findings& findings) : file_(std::move(file)), findings_(findings) {}
  void add(std::string_view section, std::int64_t index, Remark remark);
  /// Tells what is told once. After the last element.
  void finish();

 private:
  struct Habit {
    Remark first;
    std::string position;
    std::int64_t count = 0;
  };
  std::string file_;
  Findings& findings_;
  std::map<std::string, Habit> habits_;  ///< by kind, section and field
};

}  // namespace visionops::annotations
