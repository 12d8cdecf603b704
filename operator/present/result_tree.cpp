#include "operator/present/result_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "operator/present/settlement.h"

namespace visionops::commands {

namespace {

using Datasets = std::map<std::string, std::vector<const api::Dataset*>>;

Datasets datasets_by_group(const std::vector<cluster::Object>& objects) {
  Datasets groups;
  for (const auto& object : objects) {
    if (const auto* d = std::get_if<api::Dataset>(&object)) groups[d->spec.group].push_back(d);
  }
  for (auto& [group, versions] : groups) {
    std::sort(versions.begin(), versions.end(), [](const auto* a, const auto* b) {
      return std::pair(a->spec.split, a->meta.name) < std::pair(b->spec.split, b->meta.name);
    });
  }
  return groups;
}

void add_dataset(const api::Dataset& d, bool last, std::vector<std::string>& out) {
  const auto& s = d.status;
  const std::string branch = last ? "  └─ " : "  ├─ ";
  if (!api::is_true(s.conditions, api::condition::kReady)) {
    out.push_back(fmt::format("{}{} {}  not ready: {}", branch, enum_name(d.spec.split), d.spec.version, s.message));
    return;
  }
  std::string line = fmt::format("{}{} {}  {} images, {} objects, {} classes, {}  {}", branch, enum_name(d.spec.split),
                                 d.spec.version, s.images, s.annotations, s.classes, s.size, s.digest.substr(0, 19));
  if (s.health && s.health->problems > 0) line += fmt::format("  ({} findings in {})", s.health->problems, s.report);
  out.push_back(line);
  if (!s.lineage) return;
  const std::string indent = last ? "       " : "  │    ";
  for (const auto& parent : s.lineage->parents)
    out.push_back(fmt::format("{}from {} by {}", indent, parent.name, s.lineage->pipeline));
}

void add_model(const api::TrainingJob& t, std::vector<std::string>& out) {
  const auto& s = t.status;
  out.push_back(fmt::format("  {}  {}", t.meta.name, phase_word(enum_name(s.phase), settlement_of(t).rest)));
  if (s.resolved && s.resolved->train) {
    out.push_back(fmt::format("  ├─ trained on {}{}", s.resolved->train->name,
                              s.resolved->val ? ", evaluated on " + s.resolved->val->name : ""));
  }
  std::string metrics;
  for (const auto& [name, value] : s.metrics) {
    if (name.starts_with("map")) metrics += fmt::format("{}{} {:.4f}", metrics.empty() ? "" : ", ", name, value);
  }
  if (s.best)
    out.push_back(fmt::format("  ├─ best {} {:.4f} at epoch {}{}", s.best->metric, s.best->value, s.best->epoch,
                              metrics.empty() ? "" : "  (" + metrics + ")"));
  if (s.model) {
    out.push_back(fmt::format("  └─ model {}:{}  sha256:{}", t.spec.checkpoints.store, s.model->path,
                              s.model->sha256.substr(0, 12)));
  } else {
    out.push_back("  └─ no model: " + s.message);
  }
}

}  // namespace

std::vector<std::string> result_tree(const std::vector<cluster::Object>& objects) {
  std::vector<std::string> out;
  const auto groups = datasets_by_group(objects);
  if (!groups.empty()) out.emplace_back("Datasets");
  for (const auto& [group, versions] : groups) {
    out.push_back(fmt::format(" {} ({}, {})", group, enum_name(versions.front()->spec.type),
                              versions.front()->spec.format.name()));
    for (std::size_t i = 0; i < versions.size(); ++i) add_dataset(*versions[i], i + 1 == versions.size(), out);
  }
  bool first_model = true;
  for (const auto& object : objects) {
    const auto* t = std::get_if<api::TrainingJob>(&object);
    if (!t) continue;
    if (first_model) out.emplace_back("Models");
    first_model = false;
    add_model(*t, out);
  }
  return out;
}

}  // namespace visionops::commands
