// The name under which the sidecar keeps the log of a framework's attempt, in the folder of its run in the checkpoint
// store: "attempt-0002.log"; what came before it, when that was much, lies beside it with ".1".
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace visionops::contract {

inline constexpr const char* kOlderHalf = ".1";

inline std::string attempt_log_name(std::int32_t attempt) {
  char text[32];
  std::snprintf(text, sizeof text, "attempt-%04d.log", attempt);
  return text;
}

}  // namespace visionops::contract
