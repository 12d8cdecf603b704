// What the users of the simulation do, and how their Pods behave. Each step waits for what it needs to
// see, so that a disturbed run performs the same steps as an undisturbed one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "operator/local/api_server/object_store.h"
#include "tests/sim/scripted_node.h"

namespace visionops::sim {

struct UserStep {
  std::string name;
  std::function<bool(const local::ObjectStore&)> when;
  std::function<Status(local::ObjectStore&)> act;
};

/// Three Datasets, a Pipeline, TrainingJobs; a changed spec, suspend and resume, a rerun, deletions with
/// and without files, a name used again.
std::vector<UserStep> workload();
inline constexpr const char* kSuspendStep = "suspend the training";
/// The record (see World) is of a resource that the users delete for good.
bool leaves_in_the_end(const std::string& record);
/// Most Pods succeed after ten seconds; some fail once, some run until they are deleted.
/// `suspended_once`: the users have suspended the training, which waits for that.
Script scripted(const contract::RunSpec& run, bool suspended_once);

}  // namespace visionops::sim
