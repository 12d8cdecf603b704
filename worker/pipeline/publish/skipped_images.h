// Images that turned out to be unusable while they were written: what is lost with them, and taking back what was
// written beside them.
#pragma once

#include <vector>

#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/pipeline/publish/part.h"

namespace visionops::pipeline {

/// Of these parts, with the objects that go with each; entries that name no item of the plan are passed over.
std::vector<LeftOut> skipped_images(const Plan& plan, const std::vector<Part>& parts);

/// What a published version says that it lost.
annotations::LossReport loss_in(const dataset_folder::Manifest& manifest);

/// Removes the files of the only part of a run, its work folder, and the folders that are empty then.
Status withdraw_files(const SourceFolder& output, const Part& part);

}  // namespace visionops::pipeline
