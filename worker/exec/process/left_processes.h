// What a program leaves behind: processes of its group, and children that came to us because their parents ended.
#pragma once

#include <sys/types.h>

namespace visionops::exec {

/// Our orphans are ours from now on, whether we are the first process of a container or not.
void adopt_orphans();
/// Sends `signal` to the group and to all our children; false when there was nobody left.
bool signal_left_processes(pid_t group, int signal);
/// Kills and reaps until nobody is left, or `rounds` of 20 ms have passed.
void end_left_processes(pid_t group, int rounds);

}  // namespace visionops::exec
