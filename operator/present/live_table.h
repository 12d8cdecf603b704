// Shows how resources move: a table redrawn in place on a terminal, plain lines elsewhere.
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

/// What one line of a log should say of an object; equal text means nothing worth a line happened. PURE.
std::string milestone_of(const cluster::Object& object);

/// Not thread-safe; owns the bottom of the terminal between the first show() and finish().
class LiveTable {
 public:
  /// `out` is stdout or a stream of a test, and must outlive the table. On a terminal the table is redrawn, else lines
  /// are appended.
  explicit LiveTable(std::FILE* out);
  void show(const std::vector<cluster::Object>& objects, TimePoint now);
  /// A line above the table.
  void say(const std::string& line);
  /// Leaves the last state on the screen and the cursor below it.
  void finish();

 private:
  void redraw(const std::vector<std::string>& lines);
  void erase();
  void write(const std::string& text);

  std::FILE* out_;
  bool terminal_;
  bool colours_;
  std::vector<std::string> drawn_;
  std::map<cluster::ObjectKey, std::string> milestones_;
};

}  // namespace visionops::commands
