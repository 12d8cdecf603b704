// The heap of a process that shall stay small: caches fill once and live long, and what decoding them took
// in between goes back to the system.
#pragma once

namespace visionops::commands {

/// Before the first thread starts. Does nothing where the C library is not glibc.
void use_small_heap();

}  // namespace visionops::commands
