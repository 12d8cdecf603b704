#include "worker/contract/exit_code.h"

#include <algorithm>

namespace visionops::contract {

const std::vector<ExitCodeInfo>& exit_code_table() {
  static const std::vector<ExitCodeInfo> table{
      {ExitCode::Done, "Done", RetryDecision::Never, "The work is done and its result is written.", ""},
      {ExitCode::InvalidInput, "InvalidInput", RetryDecision::Never,
       "The run spec, an annotation file or a parameter is malformed.",
       "Read the message: it names the file and the field. Correct the input, then change the spec or set the "
       "annotation visionops.dev/rerun for a new run."},
      {ExitCode::InputMissing, "InputMissing", RetryDecision::Never,
       "A folder or file of the dataset does not exist in its store.",
       "Check spec.store and spec.path, and that the files have arrived in the store."},
      {ExitCode::OutputConflict, "OutputConflict", RetryDecision::Never,
       "The output folder holds a dataset that was made from other inputs or another plan.",
       "Leave output.version and output.path out to get the next free version, or remove the old folder."},
      {ExitCode::LossNotAllowed, "LossNotAllowed", RetryDecision::Never,
       "Reading or converting would lose images, rows or annotations of a kind that allowLoss does not name; no "
       "dataset was "
       "written.",
       "Mend what the message names, name its kinds in allowLoss, or choose an output format that keeps them."},
      {ExitCode::QualityFailed, "QualityFailed", RetryDecision::Never,
       "Nothing usable is left, for example no image after the filters.",
       "Look at the filters and the class names: visionops-worker pipeline --explain shows what each step removes."},
      {ExitCode::Diverged, "Diverged", RetryDecision::Never, "Training met NaN or infinity and could not recover.",
       "Lower hyperparameters.learningRate or raise warmupEpochs; look at the metrics before the last epoch."},
      {ExitCode::ContentChanged, "ContentChanged", RetryDecision::Never,
       "The files of a Dataset are not those that it was Ready with; nothing was made of them.",
       "Restore the files, then set the annotation visionops.dev/rerun; or register the new files as a new version."},
      {ExitCode::Internal, "Internal", RetryDecision::Counted, "The worker broke one of its own invariants.",
       "Please report it with the log of the Pod."},
      {ExitCode::StorageFailure, "StorageFailure", RetryDecision::Counted,
       "The store refused reading or writing: full, read-only or an I/O error.",
       "Check free space and the mount of the store, or the way to its bucket."},
      {ExitCode::RetryRequested, "RetryRequested", RetryDecision::Counted,
       "The program asked to be started again (128 + SIGUSR1).", ""},
      {ExitCode::Terminated, "Terminated", RetryDecision::Free,
       "The Pod was told to stop (SIGTERM); its state is saved and the run can be resumed.", ""},
  };
  return table;
}

const ExitCodeInfo* find_exit_code(int code) {
  const auto& table = exit_code_table();
  const auto it = std::find_if(table.begin(), table.end(),
                               [code](const ExitCodeInfo& info) { return static_cast<int>(info.code) == code; });
  return it == table.end() ? nullptr : &*it;
}

}  // namespace visionops::contract
