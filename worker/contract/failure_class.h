// Why an attempt failed: the closed set of words, what each means, what to do about it, and whether the same attempt is
// tried again. The table is the only list; a class without a row in it does not compile. PURE.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/enum_names.h"

namespace visionops::contract {

/// How the operator treats a failed attempt.
enum class RetryDecision {
  Never,    ///< the same input fails again: Failed at once
  Counted,  ///< retry with backoff, counts against retry.limit
  Free,     ///< retry, not counted: the platform took the Pod away
  Later,    ///< Failed, and looked at again by itself: what has to be mended is not in the resource
};

enum class FailureClass {
  // By the exit codes of our programs (exit_code.h).
  InvalidInput,
  InputMissing,
  OutputConflict,
  LossNotAllowed,
  QualityFailed,
  Diverged,
  ContentChanged,
  Internal,
  StorageFailure,
  RetryRequested,
  Terminated,
  // By what the platform, a trainer or the operator sees.
  NodeLost,
  NodeRefused,
  HostOOM,
  Killed,
  Crash,
  ShmTooSmall,
  ImageError,
  Evicted,
  Hung,
  ResultLost,
  CheckpointNotVerified,
  DeadlineExceeded,
  PendingDeadlineExceeded,
  CudaOOM,
  CudaError,
  NcclTimeout,
  Xid,
  NaN,
  DataError,
  UserError,
  DiskFull,
  PermissionError,
  EnvironmentError,
  DownloadFailed,
  CheckpointUnreadable,
  ResumeNotApplied,
  Cancelled,
  WorkerKilled,
  RankKilled,
  Unknown,
};

struct FailureMeaning {
  FailureClass value;
  std::string_view name;  ///< CamelCase reason in status
  RetryDecision retry;
  bool reported;  ///< a worker may name it in its result
  std::string_view meaning;
  std::string_view hint;  ///< the way out; empty: there is none to tell
};

inline constexpr auto kFailureMeanings = [] {
  using enum FailureClass;
  using enum RetryDecision;
  return std::to_array<FailureMeaning>({
      {InvalidInput, "InvalidInput", Never, true, "The run spec, an annotation file or a parameter is malformed.",
       "Read the message: it names the file and the field. Correct the input, then change the spec or set the "
       "annotation visionops.dev/rerun for a new run."},
      {InputMissing, "InputMissing", Later, true, "A folder or file of the dataset does not exist in its store.",
       "Check spec.store and spec.path, or put the files there: they are looked for again."},
      {OutputConflict, "OutputConflict", Never, true,
       "The output folder holds a dataset that was made from other inputs or another plan.",
       "Leave output.version and output.path out to get the next free version, or remove the old folder."},
      {LossNotAllowed, "LossNotAllowed", Never, true,
       "Reading or converting would lose images, rows or annotations of a kind that allowLoss does not name; no "
       "dataset was written.",
       "Mend what the message names, name its kinds in allowLoss, or choose an output format that keeps them."},
      {QualityFailed, "QualityFailed", Never, true, "Nothing usable is left, for example no image after the filters.",
       "Look at the filters and the class names: visionops-worker pipeline --explain shows what each step removes."},
      {Diverged, "Diverged", Never, true, "Training met NaN or infinity and could not recover.",
       "Lower hyperparameters.learningRate or raise warmupEpochs; look at the metrics before the last epoch."},
      {ContentChanged, "ContentChanged", Later, true,
       "The files of a Dataset are not those that it was Ready with; nothing was made of them.",
       "Restore the files (they are looked at again), or register the new files as a new version."},
      {Internal, "Internal", Counted, true, "The worker broke one of its own invariants.",
       "Please report it with the log of the Pod."},
      {StorageFailure, "StorageFailure", Counted, true,
       "The store refused reading or writing: full, read-only or an I/O error.",
       "Check free space and the mount of the store, or the way to its bucket."},
      {RetryRequested, "RetryRequested", Counted, true, "The program asked to be started again (128 + SIGUSR1).", ""},
      {Terminated, "Terminated", Free, true,
       "The Pod was told to stop (SIGTERM); its state is saved and the run can be resumed.", ""},
      {NodeLost, "NodeLost", Free, false, "the platform took the Pod away", ""},
      {NodeRefused, "NodeRefused", Free, false, "the node did not take the Pod that was placed on it",
       "look at the node: a device may be gone, or others hold what it has; other nodes are tried first"},
      {HostOOM, "HostOOM", Never, true, "the container was killed because it used more memory than its limit",
       "raise the memory of spec.resources, or lower the batch size or the parallelism"},
      {Killed, "Killed", Counted, false, "the worker was killed from outside",
       "its log says nothing of the cause: look at who may have sent SIGKILL, and at the memory of its node"},
      {Crash, "Crash", Counted, true, "the worker crashed", "look at the last lines of its log"},
      {ShmTooSmall, "ShmTooSmall", Never, true, "/dev/shm is full (SIGBUS)", "raise spec.resources.sharedMemory"},
      {ImageError, "ImageError", Never, false, "the container image cannot run the command",
       "check the image and the command"},
      {Evicted, "Evicted", Counted, false, "the Pod used more than the node allows", "raise its requests and limits"},
      {Hung, "Hung", Counted, true, "no sign of life for longer than deadlines.silenceSeconds",
       "look at the log of the worker; raise deadlines.silenceSeconds when an epoch takes that long"},
      {ResultLost, "ResultLost", Counted, false, "the worker ended without a result that can be read", ""},
      {CheckpointNotVerified, "CheckpointNotVerified", Counted, false,
       "the trainer ended without a model that its sidecar has read back from the store",
       "look at the log of the sidecar; a model is proven by the sidecar alone, whatever the trainer reports"},
      {DeadlineExceeded, "DeadlineExceeded", Never, false, "the attempt ran longer than deadlines.activeSeconds",
       "raise deadlines.activeSeconds"},
      {PendingDeadlineExceeded, "PendingDeadlineExceeded", Never, false, "no Pod ran within deadlines.pendingSeconds",
       "the message says what held the Pods up: mend that, or raise deadlines.pendingSeconds"},
      {CudaOOM, "CudaOOM", Never, true, "the GPU is out of memory", "lower the batch size or the image size"},
      {CudaError, "CudaError", Counted, true, "a CUDA call failed",
       "look at the log above the line; CUDA_LAUNCH_BLOCKING=1 in spec.env makes it name the call that failed"},
      {NcclTimeout, "NcclTimeout", Counted, true, "the GPUs lost contact with each other",
       "look at the logs of the other ranks: one may have failed first; NCCL_DEBUG=INFO in spec.env tells more"},
      {Xid, "Xid", Counted, true, "the GPU driver reported a fault", "look for Xid lines in the node's kernel log"},
      {NaN, "NaN", Never, true, "the loss is not a number", "lower the learning rate"},
      {DataError, "DataError", Never, true, "the data cannot be used",
       "mend the file that the log names, or leave it out, and register the files as a new version"},
      {UserError, "UserError", Never, true, "the run was asked for something that cannot be done",
       "correct what the line names: spec.hyperparameters, spec.model or spec.command"},
      {DiskFull, "DiskFull", Never, true, "a disk that the trainer writes to is full",
       "raise what Pods may write (ephemeral storage) or keep fewer checkpoints"},
      {PermissionError, "PermissionError", Never, true, "the trainer may not read or write a file",
       "the message names the file; a trainer writes below its job folder alone, and reads stores"},
      {EnvironmentError, "EnvironmentError", Never, true, "a program or library that the trainer needs is not there",
       "add it to the image of the runtime, or install the runtime anew (visionops runtimes install)"},
      {DownloadFailed, "DownloadFailed", Never, true, "the trainer wanted to load something from a network",
       "put the file into a store and name it in spec.weights or spec.mounts: nothing is loaded while a Pod runs"},
      {CheckpointUnreadable, "CheckpointUnreadable", Never, true, "the checkpoint to go on from cannot be read",
       "choose another one in spec.resumeFrom"},
      {ResumeNotApplied, "ResumeNotApplied", Never, true,
       "the trainer went on without the weights of the checkpoint it was given",
       "build the model from the checkpoint before training goes on"},
      {Cancelled, "Cancelled", Never, true, "the trainer was interrupted (SIGINT) before its last epoch",
       "set the annotation visionops.dev/rerun for a new run; spec.resumeFrom makes it go on from a checkpoint of this "
       "one"},
      {WorkerKilled, "WorkerKilled", Counted, true, "a data loading process of the trainer was killed",
       "raise the memory of spec.resources, or lower the number of loading processes"},
      {RankKilled, "RankKilled", Counted, true, "a process of a training with several was killed",
       "look at the log of that rank, and at the memory of its Pod"},
      {Unknown, "Unknown", Counted, false, "the worker failed without saying why", "look at the last lines of its log"},
  });
}();

/// The rows as the names of the enumeration, which has to be whole (base/enum_names.h).
constexpr auto names_of(FailureClass) {
  std::array<Named<FailureClass>, kFailureMeanings.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = {kFailureMeanings[i].value, kFailureMeanings[i].name};
  return names;
}

static_assert(enum_names<FailureClass>.size() == kFailureMeanings.size(), "index and value of a row are equal");

constexpr const FailureMeaning& meaning_of(FailureClass failure) {
  return kFailureMeanings[static_cast<std::size_t>(failure)];
}

}  // namespace visionops::contract
