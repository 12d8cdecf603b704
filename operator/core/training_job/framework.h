// A TrainingJob whose runtime is a framework: what is refused before a run, and what its Pod is told. PURE.
#pragma once

#include <optional>
#include <string>

#include "operator/api/training_job.h"
#include "operator/core/decision.h"
#include "operator/core/observed.h"
#include "operator/runtimes/runtime.h"
#include "worker/contract/framework_run.h"

namespace visionops::core {

/// What the spec asks of its framework that it cannot be given: image, command, extra settings, early stopping. For the
/// platform's own trainer: what only frameworks take.
std::optional<Refusal> refuse_framework(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime,
                                        const Platform& platform);

/// The hyperparameters that a run of a framework has: those of the spec over those of the runtime file. What is in
/// neither is the framework's own.
api::Hyperparameters framework_hyperparameters(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime);

/// Precondition: runtime.is_framework(), and nothing of the spec is refused.
contract::FrameworkRun framework_run(const api::TrainingJobSpec& spec, const api::Hyperparameters& hyperparameters,
                                     const runtimes::Runtime& runtime);

/// The image of a framework's container: spec.image, else the one of the runtime beside the worker's.
std::string framework_image(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime,
                            const Platform& platform);

}  // namespace visionops::core
