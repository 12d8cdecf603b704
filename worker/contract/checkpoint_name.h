// How the files of a run are called, in the Pod and in the store: epoch-0007.pt holds what a resume needs,
// epoch-0007-model.pt is a model alone, and the ending is that of the framework; attempt-0002.log is what a framework
// said. PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace visionops::contract {

/// Of a file beside a checkpoint that tells of it; no checkpoint may have it.
inline constexpr std::string_view kManifestEnding = ".json";

struct CheckpointFileName {
  std::int32_t epoch = 0;
  bool resumable = true;  ///< false: the model alone
  std::string ending;     ///< with its point: ".pt", ".pth.tar", ".json" of a manifest

  bool operator==(const CheckpointFileName&) const = default;
};

/// "epoch-0007" or "epoch-0007-model": the name of a checkpoint and of its manifest without their endings.
std::string checkpoint_stem(std::int32_t epoch, bool resumable = true);
/// Of the last component of `path`; nullopt for every other name.
std::optional<CheckpointFileName> parse_checkpoint_name(std::string_view path);
/// The ending that a checkpoint gets whose file the framework calls `name`: its last one, or its last two where the
/// last is .tar, .gz or .zst; ".bin" where it has none that can be used.
std::string checkpoint_ending(std::string_view name);

/// Behind the name of an attempt's log: what came before it, when that was much.
inline constexpr const char* kOlderHalf = ".1";
/// "attempt-0002.log"
std::string attempt_log_name(std::int32_t attempt);

}  // namespace visionops::contract
