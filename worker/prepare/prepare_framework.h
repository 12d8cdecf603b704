// The init step of a framework's run (docs/decisions/0026): Datasets, weights and the checkpoint to go on from, as the
// framework finds them, and prepared.json for the program that starts it.
//
//   $VISIONOPS_POD_DIR/prepared.json   written last
//   $VISIONOPS_POD_DIR/job/            the framework is started here
//     data/                            the layout
//     resume/                          the checkpoint
//     weights/                         weights out of a bucket
#pragma once

#include <optional>

#include "worker/contract/exit_code.h"
#include "worker/contract/prepared_run.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/layout/lay_out.h"
#include "worker/prepare/surroundings.h"

namespace visionops::prepare {

struct PrepareOutcome {
  contract::ExitCode code = contract::ExitCode::Done;
  contract::RunResult result;      ///< the error, or facts; `pipeline` counts pictures and losses of the layout
  contract::PreparedRun prepared;  ///< what stands in prepared.json; of a code that is not Done nothing does
  layout::LayoutOutcome layout;    ///< of a run that has one
};

/// Never throws. Done again it does what is still missing: a layout of equal content and a checkpoint of equal bytes
/// stay. A run that had ended is told by PreparedRun::finished, and nothing else is made.
///
/// Codes are those of lay_out and of errors; two have a narrower class: StorageFailure is DiskFull when the Pod's disk
/// is, InvalidInput is CheckpointUnreadable when the checkpoint of resumeFrom is damaged.
PrepareOutcome prepare_framework(const contract::RunSpec& spec, const Surroundings& surroundings);

}  // namespace visionops::prepare
