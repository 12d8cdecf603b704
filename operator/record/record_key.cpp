#include "operator/record/record_key.h"

namespace visionops::record {
namespace {

template <api::Resource T>
std::string key(const T& resource, std::int64_t run) {
  const auto& meta = resource.meta;
  std::string out(T::kKind.name);
  for (const auto* part : {&meta.namespace_, &meta.name, &meta.uid}) out += '\n' + *part;
  return out + '\n' + std::to_string(run);
}

struct KeyOf {
  std::string operator()(const core::DatasetRecord& r) const { return key(r.dataset, 0); }
  std::string operator()(const core::PipelineRecord& r) const { return key(r.pipeline, r.pipeline.status.run); }
  std::string operator()(const core::TrainingRecord& r) const { return key(r.job, r.job.status.run); }
  std::string operator()(const core::TelemetryRecord&) const { return {}; }
  std::string operator()(const core::NotificationRecord&) const { return {}; }
};

/// As visionops.kept_config does for rows.
template <class R, class Resource>
void keep_spec(const core::Record& older, core::Record& newer, Resource R::*resource) {
  const auto* from = std::get_if<R>(&older);
  auto* to = std::get_if<R>(&newer);
  if (!from || !to || !from->own_spec) return;
  const auto& before = from->*resource;
  auto& after = to->*resource;
  if (before.status.spec_hash != after.status.spec_hash || (to->own_spec && before.status.attempt == 0)) return;
  after.spec = before.spec;
  after.problems = before.problems;
  to->own_spec = true;
}

// A resource with its conditions, class counts and history of runs.
constexpr std::size_t kResourceBytes = 6 * 1024;
constexpr std::size_t kRowBytes = 128;

struct SizeOf {
  std::size_t operator()(const core::DatasetRecord& r) const {
    return kResourceBytes + r.transform_config.size() + r.dataset.status.class_counts.size() * kRowBytes;
  }
  std::size_t operator()(const core::PipelineRecord&) const { return kResourceBytes; }
  std::size_t operator()(const core::TrainingRecord&) const { return kResourceBytes; }
  std::size_t operator()(const core::TelemetryRecord& r) const {
    const auto& m = r.message;
    std::size_t bytes = 4 * kRowBytes;
    bytes += (m.metrics.size() + m.checkpoints.size() + m.samples.size()) * kRowBytes;
    for (const auto& event : m.events) bytes += event.size();
    return bytes;
  }
  std::size_t operator()(const core::NotificationRecord& r) const { return 4 * kRowBytes + r.message.size(); }
};

}  // namespace

std::string coalescing_key(const core::Record& record) { return std::visit(KeyOf{}, record); }
void keep_own_spec(const core::Record& older, core::Record& newer) {
  keep_spec(older, newer, &core::PipelineRecord::pipeline);
  keep_spec(older, newer, &core::TrainingRecord::job);
}

std::size_t approximate_size(const core::Record& record) { return std::visit(SizeOf{}, record); }

}  // namespace visionops::record
