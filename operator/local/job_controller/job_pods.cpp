#include "operator/local/job_controller/job_pods.h"

#include <algorithm>

#include "base/names.h"
#include "operator/local/job_controller/job_controller.h"

namespace visionops::local {

bool ended(const cluster::Pod& pod) {
  return pod.phase == cluster::PodPhase::Succeeded || pod.phase == cluster::PodPhase::Failed;
}

bool tracked(const cluster::Pod& pod) {
  const auto& finalizers = pod.meta.finalizers;
  return std::find(finalizers.begin(), finalizers.end(), kJobTrackingFinalizer) != finalizers.end();
}

JobPods sort_pods(const std::vector<const cluster::Pod*>& pods) {
  JobPods out;
  for (const auto* pod : pods) {
    out.present.insert(pod->completion_index);
    const bool leaving = pod->meta.deletion_timestamp.has_value();
    if (leaving && !tracked(*pod)) {
      // Given up by the controller (suspend, end of the Job): only its name is still taken.
      if (!ended(*pod)) out.terminating.push_back(pod);
    } else if (pod->phase == cluster::PodPhase::Succeeded) {
      out.succeeded.insert(pod->completion_index);
    } else if (pod->phase == cluster::PodPhase::Failed || (leaving && pod->node.empty())) {
      out.failed.push_back(pod);
    } else {
      (leaving ? out.terminating : out.active).push_back(pod);
    }
  }
  return out;
}

cluster::Pod pod_of(const cluster::Job& job, std::int32_t index) {
  cluster::Pod pod;
  const std::string number = std::to_string(index);
  pod.meta.name = child_name(job.meta.name, number);
  pod.meta.namespace_ = job.meta.namespace_;
  pod.meta.labels = job.spec.pod.labels;
  pod.meta.labels[std::string(kJobNameLabel)] = job.meta.name;
  pod.meta.labels[std::string(kControllerUidLabel)] = job.meta.uid;
  pod.meta.labels[std::string(kCompletionIndexLabel)] = number;
  pod.meta.annotations[std::string(kCompletionIndexLabel)] = number;
  pod.meta.finalizers = {std::string(kJobTrackingFinalizer)};
  pod.meta.owner_references = {{"batch/v1", "Job", job.meta.name, job.meta.uid, true, true}};
  pod.spec = job.spec.pod;
  pod.completion_index = index;
  return pod;
}

}  // namespace visionops::local
