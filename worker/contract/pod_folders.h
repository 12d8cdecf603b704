// The folders of a Pod, and who writes them.
//
//   $VISIONOPS_POD_DIR      (/visionops)          the worker writes: telemetry.jsonl, checkpoints/, worker.pid.
//                                                 The sidecar reads it as it reads anything of a stranger.
//   $VISIONOPS_ANSWERS_DIR  (/visionops-answers)  the sidecar writes, the worker reads: sidecar.ready,
//                                                 stored/NAME.json, skipped/NAME for checkpoints/NAME.
//   $VISIONOPS_SIDECAR_DIR  (/visionops-sidecar)  of the sidecar alone: its cursor.
#pragma once

namespace visionops::contract {

inline constexpr const char* kAnswersDirEnv = "VISIONOPS_ANSWERS_DIR";
inline constexpr const char* kSidecarDirEnv = "VISIONOPS_SIDECAR_DIR";

/// How long a framework may be silent before its stacks are asked for and it is ended; absent: for ever.
inline constexpr const char* kSilenceEnv = "VISIONOPS_SILENCE_SECONDS";

inline constexpr const char* kPodDir = "/visionops";
inline constexpr const char* kAnswersDir = "/visionops-answers";
inline constexpr const char* kSidecarDir = "/visionops-sidecar";

/// In the folder of answers, from when on the sidecar takes checkpoints away.
inline constexpr const char* kSidecarReadyFile = "sidecar.ready";

}  // namespace visionops::contract
