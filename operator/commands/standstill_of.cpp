#include "operator/commands/standstill_of.h"

#include <cerrno>
#include <iostream>

#include "operator/commands/run/run_watch.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

std::optional<Standstill> standstill_of(const FolderCluster& cluster, const DataFolder& folder) {
  if (cluster.owner() != 0) return std::nullopt;
  Standstill out;
  if (const auto last = cluster.last_work()) {
    out.since = last->at;
    out.in_order = last->in_order;
  }
  out.holder = cluster.silent_holder().value_or("");
  out.folder = folder.absolute().string();
  out.go_on = std::string(program_invocation_name) + " run" + folder.flag();
  return out;
}

void tell_standstill(const std::optional<Standstill>& standstill, const std::vector<cluster::Object>& objects) {
  if (!standstill) return;
  std::cout.flush();
  for (const auto& line : standstill_note(objects, *standstill, SystemClock().now()))
    std::cerr << single_line(line) << "\n";
}

void tell_standstill(FolderCluster& cluster, const DataFolder& folder) {
  if (const auto objects = all_resources(cluster.api())) tell_standstill(standstill_of(cluster, folder), *objects);
}

}  // namespace visionops::commands
