#include "operator/core/dataset_resolution.h"

#include <algorithm>

#include "base/fields/field_table.h"
#include "operator/core/reasons.h"
#include "operator/core/reconcile.h"
#include "operator/core/semantic_version.h"

namespace visionops::core {

namespace {

bool usable(const api::Dataset& d) {
  return d.status.phase == api::Phase::Succeeded && !d.status.digest.empty() && !d.meta.deletion_timestamp;
}

Resolution unresolved(std::string_view reason, std::string message) {
  return {std::nullopt, std::string(reason), std::move(message)};
}

Resolution not_usable(const api::Dataset& d) {
  const std::string name = "Dataset " + d.meta.name;
  const auto* gate = api::find_condition(d.status.conditions, api::condition::kQualityGate);
  if (gate && gate->status == api::ConditionStatus::False) {
    return unresolved(reason::kQualityGateFailed, name + " failed its quality gate: " + gate->message);
  }
  // Its own status tells how far it is; repeated here, every step of it would be a write of everyone who waits.
  if (d.status.phase != api::Phase::Failed) return unresolved(reason::kDatasetNotReady, name + " is not Ready yet");
  // A reason of its own is written at once, where a change of words alone may wait.
  return unresolved(reason::kDatasetFailed, name + " has failed: " + d.status.message);
}

Resolution resolve_name(const std::string& name, const std::vector<api::Dataset>& datasets) {
  const auto* found = find_dataset(datasets, name);
  if (!found) return unresolved(reason::kDatasetNotFound, "Dataset " + name + " does not exist");
  if (!usable(*found)) return not_usable(*found);
  return {pin(*found), "", ""};
}

bool matches(const api::DatasetReference& reference, const api::Dataset& d, const std::string& except_pipeline) {
  if (d.spec.group != reference.group || d.meta.deletion_timestamp) return false;
  if (reference.split && d.spec.split != *reference.split) return false;
  if (!reference.version.empty() && d.spec.version != reference.version) return false;
  if (except_pipeline.empty()) return true;
  const auto lineage = lineage_of(d);
  return !lineage || lineage->pipeline_uid != except_pipeline;
}

/// By version, then by name; what is not a version comes before all versions.
bool older(const api::Dataset* a, const api::Dataset* b) {
  return std::pair(parse_version(a->spec.version), a->meta.name) <
         std::pair(parse_version(b->spec.version), b->meta.name);
}

std::string describe(const api::DatasetReference& reference) {
  std::string text = "group " + reference.group;
  if (reference.split) text += ", split " + std::string(enum_name(*reference.split));
  if (!reference.version.empty()) text += ", version " + reference.version;
  return text;
}

}  // namespace

api::PinnedDataset pin(const api::Dataset& d) {
  api::PinnedDataset out;
  out.name = d.meta.name;
  out.uid = d.meta.uid;
  out.group = d.spec.group;
  out.split = d.spec.split;
  out.version = d.spec.version;
  out.format = d.spec.format;
  out.store = d.spec.store;
  out.path = api::dataset_path(d.spec);
  out.annotations = d.spec.annotations;
  out.image_root = d.spec.image_root;
  out.digest = d.status.digest;
  return out;
}

contract::DatasetLocation location_of(const api::PinnedDataset& pinned, const std::vector<api::Dataset>& datasets) {
  contract::DatasetLocation out;
  out.name = pinned.name;
  out.store = pinned.store;
  out.path = pinned.path;
  out.annotations = pinned.annotations;
  out.image_root = pinned.image_root;
  out.format = pinned.format;
  out.split = pinned.split;
  out.version = pinned.version;
  out.digest = pinned.digest;
  out.uid = pinned.uid;
  const auto* dataset = find_dataset(datasets, pinned.name);
  const bool same = dataset && dataset->meta.uid == pinned.uid && dataset->status.digest == pinned.digest;
  if (same) out.fingerprint = dataset->status.fingerprint;
  return out;
}

const api::Dataset* find_dataset(const std::vector<api::Dataset>& datasets, const std::string& name) {
  const auto it = std::find_if(datasets.begin(), datasets.end(), [&](const api::Dataset& d) {
    return d.meta.name == name && !d.meta.deletion_timestamp;
  });
  return it == datasets.end() ? nullptr : &*it;
}

std::string encode_lineage(const api::Lineage& lineage) { return encode_text(lineage); }

std::optional<api::Lineage> decode_lineage(const std::string& json) {
  Problems problems;
  auto lineage = decode_text<api::Lineage>(json, "lineage", problems);
  if (!problems.empty()) return std::nullopt;
  return lineage;
}

std::optional<api::Lineage> lineage_of(const api::Dataset& dataset) {
  if (dataset.status.lineage) return dataset.status.lineage;
  const auto it = dataset.meta.annotations.find(std::string(kLineageAnnotation));
  return it == dataset.meta.annotations.end() ? std::nullopt : decode_lineage(it->second);
}

Resolution resolve_dataset(const api::DatasetReference& reference, const std::vector<api::Dataset>& datasets,
                           const std::string& except_pipeline) {
  if (!reference.name.empty()) return resolve_name(reference.name, datasets);
  std::vector<const api::Dataset*> candidates;
  for (const auto& d : datasets) {
    if (matches(reference, d, except_pipeline)) candidates.push_back(&d);
  }
  if (candidates.empty())
    return unresolved(reason::kDatasetNotFound, "no Dataset of " + describe(reference) + " exists");
  std::sort(candidates.begin(), candidates.end(), older);
  const auto newest = std::find_if(candidates.rbegin(), candidates.rend(), [](const auto* d) { return usable(*d); });
  if (newest == candidates.rend()) return not_usable(*candidates.back());
  return {pin(**newest), "", ""};
}

}  // namespace visionops::core
