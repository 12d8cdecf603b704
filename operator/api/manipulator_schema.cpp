#include "operator/api/manipulator_schema.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace visionops::api {

namespace {

using contract::ManipulatorInfo;
using contract::ManipulatorStatus;

}  // namespace

std::string manipulator_description(const ManipulatorInfo& info) {
  std::string out = info.doc;
  if (!info.tasks.empty()) out += " Tasks: " + join(info.tasks) + ".";
  if (!info.formats.empty()) out += " Formats: " + join(info.formats) + ".";
  if (info.status == ManipulatorStatus::Experimental) out += " Experimental: its parameters may still change.";
  if (info.status == ManipulatorStatus::Deprecated) out += " Deprecated.";
  return out;
}

Json manipulator_list_schema(contract::ManipulatorScope scope) {
  Json item{{"type", "object"}, {"minProperties", 1}, {"maxProperties", 1}, {"properties", Json::object()}};
  item["description"] = "One step: the name of the manipulator with its parameters.";
  for (const auto& info : contract::manipulator_catalog()) {
    if (std::find(info.scopes.begin(), info.scopes.end(), scope) == info.scopes.end()) continue;
    auto params = parse_json(info.params_schema);
    Json schema = params.ok() && params->is_object() ? std::move(*params) : Json{{"type", "object"}};
    schema["description"] = manipulator_description(info);
    item["properties"][info.name] = std::move(schema);
  }
  return {{"type", "array"}, {"items", std::move(item)}};
}

}  // namespace visionops::api
