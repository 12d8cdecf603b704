// What a run tells the operator of the dataset it made.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/pipeline/publish/part.h"

namespace visionops::pipeline {

using contract::error_result;
using contract::exit_code_of;

/// `a` are the annotations of the plan without the images that the version lacks, `writer` is that of the output.
/// `parts` tell why images were skipped; empty when the version stood there before.
contract::DatasetFacts dataset_facts(const contract::PipelineRun& run, const dataset_folder::Manifest& manifest,
                                     const annotations::Annotations& a, const annotations::Findings& findings,
                                     const Plan& plan, const std::vector<Part>& parts,
                                     const annotations::FormatWriter& writer);

}  // namespace visionops::pipeline
