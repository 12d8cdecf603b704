// The view of the manipulators that the operator, the CRDs and the docs have (contract/manipulator_call.h).
#include <algorithm>
#include <limits>

#include "base/names.h"
#include "worker/contract/manipulator_call.h"
#include "worker/pipeline/manipulators/manipulator.h"

namespace visionops::pipeline {

const Manipulator* find_manipulator(std::string_view name) {
  const auto table = manipulator_table();
  const auto it = std::find_if(table.begin(), table.end(), [&](const Manipulator* m) { return m->about.name == name; });
  return it == table.end() ? nullptr : *it;
}

}  // namespace visionops::pipeline

namespace visionops::contract {
namespace {

ManipulatorInfo info_of(const pipeline::Manipulator& m) {
  const auto& about = m.about;
  ManipulatorInfo info;
  info.name = about.name;
  info.doc = about.doc;
  info.category = about.category;
  info.scopes = about.scopes;
  for (const Task task : about.tasks) info.tasks.emplace_back(enum_name(task));
  for (const Format format : about.formats) info.formats.emplace_back(format.name());
  if (about.output_format) info.output_format = about.output_format->name();
  info.status = about.status;
  info.version = about.version;
  info.params_schema = m.params_schema();
  info.example = about.example;
  return info;
}

std::string unknown_manipulator_message(const std::string& name) {
  std::string nearest;
  std::size_t distance = std::numeric_limits<std::size_t>::max();
  for (const auto* m : pipeline::manipulator_table()) {
    const auto d = edit_distance(name, m->about.name);
    if (d < distance) {
      distance = d;
      nearest = m->about.name;
    }
  }
  std::string message = "unknown manipulator \"" + name.substr(0, 100) + "\"";
  // A hint only when more of the name is right than wrong.
  if (!nearest.empty() && distance * 2 <= nearest.size()) message += "; did you mean \"" + nearest + "\"?";
  return message;
}

}  // namespace

const std::vector<ManipulatorInfo>& manipulator_catalog() {
  static const std::vector<ManipulatorInfo> catalog = [] {
    std::vector<ManipulatorInfo> all;
    for (const auto* m : pipeline::manipulator_table()) all.push_back(info_of(*m));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
  }();
  return catalog;
}

void validate_call(const ManipulatorCall& call, ManipulatorScope scope, const std::string& path, Problems& problems) {
  const auto* m = pipeline::find_manipulator(call.name);
  if (!m) {
    problems.push_back({path, unknown_manipulator_message(call.name)});
    return;
  }
  const std::string here = path.empty() ? call.name : path + "." + call.name;
  const auto& scopes = m->about.scopes;
  if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) {
    problems.push_back({here, scope == ManipulatorScope::PerSource
                                  ? "can only be used under postMerge, after the sources are joined"
                                  : "can only be used under the manipulators of a source"});
  }
  (void)m->bind(call.params, here, problems);
}

}  // namespace visionops::contract
