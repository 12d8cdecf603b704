// What the administrator says about Pods (settings/pod_settings.h), on a template that is whole without it: where they
// may run and what others find on them, never what their containers may do.
#pragma once

#include <string>

#include "operator/cluster/workload.h"
#include "operator/core/observed.h"
#include "operator/core/pod_template.h"

namespace visionops::core {

/// nullptr: no such profile is declared, or profiles have no effect here.
const api::Profile* find_profile(const Platform& platform, const std::string& name);
/// What `gpus` of a run with this profile are counted in.
std::string gpu_resource(const Platform& platform, const std::string& profile);
/// Labels and annotations that the template has already stay as they are.
void place(cluster::PodTemplate& pod, const WorkerPod& worker, const Platform& platform);

}  // namespace visionops::core
