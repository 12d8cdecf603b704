// Whether the kernel ended a process because memory ran out: it leaves no word, and only a counter of the control group
// tells it from any other SIGKILL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace visionops::exec {

/// The counter oom_kill of our control group (version 2: memory.events, 1: memory.oom_control); 0 when there is none.
/// `root` is for tests.
std::int64_t oom_kills(const std::filesystem::path& root = "/");

/// Lets the kernel look for somebody else first when memory runs out, where that is allowed: whoever stands by has to
/// tell of it. Before any program is started.
void spare_us_when_memory_runs_out();
/// In the child: as it was before. Takes no memory.
void spare_us_no_more();

}  // namespace visionops::exec
