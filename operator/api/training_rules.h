// Words of the cross-field rules of a TrainingJob: the CRD says them in CEL, validate() in C++.
#pragma once

namespace visionops::api {

inline constexpr const char* kLearningRateWords = "must be greater than 0";
inline constexpr const char* kGpuProductWords = "gpuProduct needs gpus of at least 1";
inline constexpr const char* kResumeWords = "needs exactly one of trainingJob or digest";
inline constexpr const char* kCustomWords = "runtime: custom needs image and command";
inline constexpr const char* kNotCustomWords =
    "image and command go with runtime: custom alone; the other runtimes bring their own";
inline constexpr const char* kModelWords = "model is required by every runtime but custom";
inline constexpr const char* kBuiltinNodesWords =
    "the builtin runtime trains on one node; use more gpus per node or another runtime";
inline constexpr const char* kQueuePriorityWords = "queuePriority needs queue";

}  // namespace visionops::api
