#include "operator/core/training_job/resume_from.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "operator/core/reasons.h"

namespace visionops::core {

namespace {

Waiting no_start(std::string_view reason, const std::string& message) {
  return {std::string(reason), "resumeFrom: " + message};
}

/// A run whose checkpoints can be the start.
struct Source {
  std::int64_t run = 0;
  std::string folder;
};

std::string run_folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

/// Newest first. The present run of the job itself is not among them: it is the one that looks for a start.
std::vector<Source> sources_of(const api::TrainingJob& job, bool itself) {
  const auto& s = job.status;
  std::vector<Source> out;
  const bool has_checkpoint = s.resolved && !s.resolved->checkpoint_path.empty() && (s.checkpoint || s.model);
  if (!itself && has_checkpoint) out.push_back({s.run, s.resolved->checkpoint_path});
  for (auto it = s.runs.rbegin(); it != s.runs.rend(); ++it) {
    if (it->result.find('/') != std::string::npos) out.push_back({it->run, run_folder_of(it->result)});
  }
  return out;
}

std::string numbers_of(const std::vector<Source>& sources) {
  std::vector<std::string> numbers;
  for (const auto& source : sources) numbers.push_back(std::to_string(source.run));
  return join(numbers);
}

const api::TrainingJob* find_job(const TrainingJobObserved& o, const std::string& name) {
  if (name == o.job.meta.name) return &o.job;
  const auto it = std::ranges::find_if(
      o.training_jobs, [&](const auto& job) { return job.meta.name == name && !job.meta.deletion_timestamp; });
  return it == o.training_jobs.end() ? nullptr : &*it;
}

/// A run that may still store its first checkpoint is waited for; one that is over or unknown needs another name.
Waiting no_such_run(const api::TrainingJob& job, std::int64_t run, const std::vector<Source>& known) {
  const std::string name = "TrainingJob " + job.meta.name;
  if (run == 0 || run >= job.status.run)
    return no_start(reason::kTrainingJobNotReady,
                    name + " has no verified checkpoint yet" + (run == 0 ? "" : " in run " + std::to_string(run)));
  return no_start(reason::kCheckpointNotFound,
                  "the status of " + name + " tells of no model of run " + std::to_string(run) +
                      (known.empty() ? std::string() : " (it tells of " + numbers_of(known) + ")") +
                      "; name it by resumeFrom.digest or resumeFrom.path");
}

std::optional<Waiting> resume_from_job(const TrainingJobObserved& o, const api::ResumeFrom& from, std::string& path) {
  const auto* job = find_job(o, from.training_job);
  if (!job) return no_start(reason::kTrainingJobNotFound, "TrainingJob " + from.training_job + " does not exist");
  const bool itself = job == &o.job;
  const auto& store = job->spec.checkpoints.store;
  if (!itself && store != o.job.spec.checkpoints.store) {
    return no_start(reason::kCheckpointStoreDiffers, "the checkpoints of TrainingJob " + from.training_job +
                                                         " are in store " + store + ", those of this one go to " +
                                                         o.job.spec.checkpoints.store);
  }
  const auto sources = sources_of(*job, itself);
  const auto it = std::ranges::find_if(sources, [&](const auto& s) { return from.run == 0 || s.run == from.run; });
  if (it == sources.end()) return no_such_run(*job, from.run, sources);
  path = it->folder;
  return std::nullopt;
}

/// One store may be one place for all namespaces; the checkpoints of each have their folder in it.
std::optional<Waiting> resume_from_path(const TrainingJobObserved& o, const std::string& from, std::string& path) {
  constexpr std::string_view kCheckpoints = "checkpoints/";
  const std::string own = std::string(kCheckpoints) + o.job.meta.namespace_ + "/";
  if (from.starts_with(kCheckpoints) && !from.starts_with(own)) {
    return no_start(reason::kCheckpointNotFound, from + " is not of this namespace, whose checkpoints are in " + own);
  }
  path = from;
  while (path.ends_with('/')) path.pop_back();
  return std::nullopt;
}

}  // namespace

std::optional<Waiting> resolve_start(const TrainingJobObserved& o, api::ResolvedTraining& resolved) {
  const auto& from = o.job.spec.resume_from;
  if (!from) return std::nullopt;
  if (!from->training_job.empty()) return resume_from_job(o, *from, resolved.resume_path);
  if (!from->path.empty()) return resume_from_path(o, from->path, resolved.resume_path);
  resolved.resume_digest = from->digest;
  return std::nullopt;
}

}  // namespace visionops::core
