// What resources look like once nobody works on their cluster any more. PURE.
//
// What is stored stays as the last process wrote it: "Running" was true then. Shown is what is so now.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

/// An embedded cluster without a process, or with one that does not answer.
struct Standstill {
  std::optional<TimePoint> since;  ///< nothing: it never ran
  bool in_order = false;           ///< its process said that it ended; else it was killed, or the machine went down
  std::string holder = {};         ///< number of the process that does not answer; empty: there is none
  std::string folder;              ///< absolute
  std::string go_on;               ///< the command that continues
};

/// Something was to be done about it: a resource of ours on its way, a Job or Pod that had not ended.
bool is_halted(const cluster::Object& object);
/// Halted, or waiting for another resource: nobody will look whether it has come.
bool is_left_over(const cluster::Object& object);

/// "stopped since 2026-11-29T08:49:02Z (3m ago; it was killed)".
std::string standstill_words(const Standstill& standstill, TimePoint now);

/// `object` as it is now: conditions that told of work under way are Unknown or name the standstill (reason
/// ClusterStopped), a Pod is Unknown. What is not left over is not changed, and phase and numbers never are.
cluster::Object as_halted(cluster::Object object, const Standstill& standstill);

/// columns.h's row_of of as_halted, with "Stopped" for a phase.
TableRow halted_row_of(const cluster::Object& object, const Standstill& standstill, TimePoint now, bool wide);

/// Lines for stderr: since when, what is left over of `objects` (the first five by name), and how it goes on. Empty
/// when nothing is.
std::vector<std::string> standstill_note(const std::vector<cluster::Object>& objects, const Standstill& standstill,
                                         TimePoint now);

}  // namespace visionops::commands
