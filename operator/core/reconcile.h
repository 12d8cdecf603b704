// The decisions of VisionOps. Total and pure: never throw, no clock, no I/O, equal input gives
// equal output. Children have deterministic names.
#pragma once

#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

DatasetDecision reconcile(const DatasetObserved& observed);
PipelineDecision reconcile(const PipelineObserved& observed);
TrainingJobDecision reconcile(const TrainingJobObserved& observed);
/// Of any other kind: its folder defines it (kind_decision.h).
template <api::Resource T>
DecisionOf<decltype(T::status)> reconcile(const ObservedOf<T>& observed);

/// Labels on every child, the keys by which the runtime finds them again.
inline constexpr std::string_view kOwnerKindLabel = "visionops.dev/kind";
inline constexpr std::string_view kOwnerNameLabel = "visionops.dev/name";
inline constexpr std::string_view kOwnerUidLabel = "visionops.dev/uid";
inline constexpr std::string_view kRunLabel = "visionops.dev/run";
inline constexpr std::string_view kAttemptLabel = "visionops.dev/attempt";
/// Which run of that number it is: a digest of uid, run, spec and pinned inputs (core/run/run_identity.h).
inline constexpr std::string_view kIdentityLabel = "visionops.dev/identity";
/// metadata.finalizers entry of Datasets whose deletionPolicy is Delete.
inline constexpr std::string_view kFilesFinalizer = "visionops.dev/files";
/// Annotation of a Dataset made by a Pipeline: its lineage as JSON (api::Lineage).
inline constexpr std::string_view kLineageAnnotation = "visionops.dev/lineage";
/// Annotation of a Dataset made by a Pipeline: its manipulators as JSON, a snapshot for people and history.
inline constexpr std::string_view kTransformAnnotation = "visionops.dev/transform";
/// Annotation that asks for a new run of a finished resource (a new inspection of a Dataset); any new
/// value counts.
inline constexpr std::string_view kRerunAnnotation = "visionops.dev/rerun";

}  // namespace visionops::core
