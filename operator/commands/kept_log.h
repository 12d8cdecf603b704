// The log of an attempt whose Pod is gone: its sidecar kept it beside the checkpoints.
#pragma once

#include <filesystem>
#include <optional>

#include "operator/api/training_job.h"

namespace visionops::commands {

/// `back` attempts before the newest one. Nothing: there was no such attempt, its store is a bucket, or nothing was
/// kept (the platform's own trainer writes no log of this kind).
std::optional<std::filesystem::path> kept_log(const std::filesystem::path& data, const api::TrainingJob& job,
                                              std::int32_t back);

}  // namespace visionops::commands
