// Reasons of conditions and events: part of the API, each explained in docs/conditions.md (a test
// holds this file against that page). Failure classes (failure_policy.h) are reasons as well.
#pragma once

#include <string_view>

namespace visionops::core::reason {

// Refusals: nothing starts until a person changes the spec (or the installation)
inline constexpr std::string_view kInvalidSpec = "InvalidSpec";
inline constexpr std::string_view kUnknownStore = "UnknownStore";
inline constexpr std::string_view kStoreNotMountable = "StoreNotMountable";
inline constexpr std::string_view kUnknownProfile = "UnknownProfile";
inline constexpr std::string_view kSecretNotAllowed = "SecretNotAllowed";
inline constexpr std::string_view kUnsupportedFormat = "UnsupportedFormat";
inline constexpr std::string_view kUnknownModel = "UnknownModel";
inline constexpr std::string_view kUnsupportedTask = "UnsupportedTask";
inline constexpr std::string_view kUnsupportedResources = "UnsupportedResources";
inline constexpr std::string_view kRuntimeNotAvailable = "RuntimeNotAvailable";

// On the way
inline constexpr std::string_view kStoppingOldJob = "StoppingOldJob";
inline constexpr std::string_view kRetryScheduled = "RetryScheduled";
inline constexpr std::string_view kJobCreated = "JobCreated";
inline constexpr std::string_view kStarting = "Starting";
inline constexpr std::string_view kUnschedulable = "Unschedulable";
inline constexpr std::string_view kImagePullError = "ImagePullError";
inline constexpr std::string_view kContainerConfigError = "ContainerConfigError";
inline constexpr std::string_view kQuotaPending = "QuotaPending";
inline constexpr std::string_view kQuotaExceeded = "QuotaExceeded";
inline constexpr std::string_view kPodsRefused = "PodsRefused";
inline constexpr std::string_view kCreateRefused = "CreateRefused";
inline constexpr std::string_view kVolumeNotReady = "VolumeNotReady";
inline constexpr std::string_view kPodNotStarted = "PodNotStarted";
inline constexpr std::string_view kResourcesChanged = "ResourcesChanged";
inline constexpr std::string_view kPodsEnded = "PodsEnded";
inline constexpr std::string_view kPreempted = "Preempted";
inline constexpr std::string_view kRequeued = "Requeued";
inline constexpr std::string_view kDeactivated = "Deactivated";
inline constexpr std::string_view kQueueNotInstalled = "QueueNotInstalled";
inline constexpr std::string_view kAdmitted = "Admitted";
inline constexpr std::string_view kRunning = "Running";
inline constexpr std::string_view kSuspended = "Suspended";
inline constexpr std::string_view kResumed = "Resumed";
inline constexpr std::string_view kSucceeded = "Succeeded";
inline constexpr std::string_view kRunStarted = "RunStarted";

// Dataset
inline constexpr std::string_view kNotInspected = "NotInspected";
inline constexpr std::string_view kSourceFound = "SourceFound";
inline constexpr std::string_view kPathNotFound = "PathNotFound";
inline constexpr std::string_view kQualityGatePassed = "QualityGatePassed";
inline constexpr std::string_view kQualityGateFailed = "QualityGateFailed";
inline constexpr std::string_view kContentChanged = "ContentChanged";
inline constexpr std::string_view kInspected = "Inspected";
inline constexpr std::string_view kRemovingFiles = "RemovingFiles";
inline constexpr std::string_view kInUse = "InUse";
inline constexpr std::string_view kFilesRemoved = "FilesRemoved";
inline constexpr std::string_view kFilesKept = "FilesKept";

// Inputs
inline constexpr std::string_view kInputsPinned = "InputsPinned";
inline constexpr std::string_view kDatasetNotFound = "DatasetNotFound";
inline constexpr std::string_view kDatasetNotReady = "DatasetNotReady";
inline constexpr std::string_view kDatasetFailed = "DatasetFailed";
inline constexpr std::string_view kTrainingJobNotFound = "TrainingJobNotFound";
inline constexpr std::string_view kTrainingJobNotReady = "TrainingJobNotReady";
inline constexpr std::string_view kCheckpointNotFound = "CheckpointNotFound";
inline constexpr std::string_view kCheckpointStoreDiffers = "CheckpointStoreDiffers";

// Pipeline
inline constexpr std::string_view kDatasetCreated = "DatasetCreated";
inline constexpr std::string_view kDatasetReady = "DatasetReady";
inline constexpr std::string_view kNotWritten = "NotWritten";
inline constexpr std::string_view kDigestMismatch = "DigestMismatch";

// TrainingJob
inline constexpr std::string_view kGpuAssigned = "GPUAssigned";
inline constexpr std::string_view kGpuPending = "GPUPending";
inline constexpr std::string_view kReceiving = "Receiving";
inline constexpr std::string_view kWaitingForTelemetry = "WaitingForTelemetry";
inline constexpr std::string_view kTelemetrySilent = "TelemetrySilent";
inline constexpr std::string_view kAlertFired = "AlertFired";

}  // namespace visionops::core::reason
