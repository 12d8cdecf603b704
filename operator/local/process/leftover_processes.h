// Processes that outlived the visionops which started them, found by their environment.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace visionops::local {

/// Kills every process of this user whose environment has `name`=VALUE with VALUE beginning with
/// `prefix`, and returns their numbers. Unlike a process group, the environment also names what made
/// itself a session of its own. A process is held by a pidfd between look and kill, so a reused
/// number is never hit. Reads /proc once: a few microseconds per process of the machine.
std::vector<pid_t> kill_processes_with(const std::string& name, const std::string& prefix);

}  // namespace visionops::local
