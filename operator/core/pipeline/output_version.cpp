#include "operator/core/pipeline/output_version.h"

#include <algorithm>
#include <array>

#include "operator/core/run/failure_policy.h"
#include "operator/core/semantic_version.h"

namespace visionops::core {

namespace {

std::string lower(std::string_view word) {
  std::string out(word);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

void raise(std::optional<SemanticVersion>& highest, const std::string& version) {
  const auto parsed = parse_version(version);
  if (parsed && (!highest || *highest < *parsed)) highest = parsed;
}

/// The version in the name of a Dataset that an earlier run wrote (output_name()).
void raise_by_name(std::optional<SemanticVersion>& highest, const api::PipelineOutput& output,
                   const std::string& name) {
  const std::string prefix = output_name(output.group, output.split, "");
  if (name.starts_with(prefix)) raise(highest, name.substr(prefix.size()));
}

std::string next_version(const api::PipelineOutput& output, const TakenVersions& taken, const std::string& above) {
  std::optional<SemanticVersion> highest;
  raise(highest, above);
  for (const auto& d : taken.datasets) {
    if (d.spec.group == output.group && d.spec.split == output.split) raise(highest, d.spec.version);
  }
  for (const auto& p : taken.pipelines) {
    if (p.meta.uid == taken.self || !p.status.resolved || !p.status.resolved->output) continue;
    const auto& theirs = *p.status.resolved->output;
    if (theirs.group == output.group && theirs.split == output.split) raise(highest, theirs.version);
  }
  for (const auto& run : taken.runs) raise_by_name(highest, output, run.result);
  return to_string(highest ? next_patch(*highest) : kFirstVersion);
}

std::string path_of(const api::PipelineOutput& output, const std::string& version) {
  api::DatasetSpec spec;
  spec.group = output.group;
  spec.type = output.type;
  spec.split = output.split;
  spec.version = version;
  spec.path = output.path;
  return api::dataset_path(spec);
}

}  // namespace

std::string output_name(const std::string& group, Split split, const std::string& version) {
  return group + "-" + lower(enum_name(split)) + "-" + version;
}

api::ResolvedOutput assign_output(const api::PipelineOutput& output, const TakenVersions& taken,
                                  const std::string& above) {
  api::ResolvedOutput out;
  out.group = output.group;
  out.split = output.split;
  out.version = output.version.empty() ? next_version(output, taken, above) : output.version;
  out.store = output.store;
  out.path = path_of(output, out.version);
  out.dataset = output_name(out.group, out.split, out.version);
  return out;
}

bool may_have_written(const api::PipelineStatus& status) {
  if (status.attempt == 0) return false;
  if (status.attempt > 1 || !status.failure) return true;
  // These end the worker before the first write (worker/contract/exit_code.h).
  constexpr std::array<std::string_view, 4> kBeforeWriting{"InvalidInput", "InputMissing", "LossNotAllowed",
                                                           "QualityFailed"};
  return std::find(kBeforeWriting.begin(), kBeforeWriting.end(), status.failure->failure_class) == kBeforeWriting.end();
}

}  // namespace visionops::core
