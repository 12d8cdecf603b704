// How much of its search a build makes.
#pragma once

namespace visionops::sim {

/// Of the crash positions and seeds every n-th: an instrumented operator takes eight times as long, and looks for
/// misused memory, which every path shows.
#ifdef __SANITIZE_ADDRESS__
inline constexpr int kEveryNth = 5;
#else
inline constexpr int kEveryNth = 1;
#endif

}  // namespace visionops::sim
