#include "operator/local/api_server/kind_names.h"

#include <array>
#include <utility>

#include "base/json.h"

namespace visionops::local {
namespace {

using cluster::Kind;
constexpr std::array<std::pair<Kind, std::string_view>, 8> kNames{{{Kind::Dataset, "Dataset"},
                                                                   {Kind::Pipeline, "Pipeline"},
                                                                   {Kind::TrainingJob, "TrainingJob"},
                                                                   {Kind::Job, "Job"},
                                                                   {Kind::Pod, "Pod"},
                                                                   {Kind::Lease, "Lease"},
                                                                   {Kind::Workload, "Workload"},
                                                                   {Kind::Service, "Service"}}};

std::string text_of(const Json& json, const char* field) {
  const auto it = json.find(field);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace

std::string_view kind_name(Kind kind) {
  for (const auto& [value, name] : kNames) {
    if (value == kind) return name;
  }
  return "Unknown";
}

std::optional<Kind> parse_kind(std::string_view text) {
  for (const auto& [value, name] : kNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

bool is_custom(Kind kind) { return kind == Kind::Dataset || kind == Kind::Pipeline || kind == Kind::TrainingJob; }

std::string custom_kind_names() {
  std::string out;
  for (const auto& [value, name] : kNames) {
    if (is_custom(value)) out += (out.empty() ? "" : ", ") + std::string(name);
  }
  return out;
}

Json to_json(const cluster::ObjectKey& key) {
  return {{"kind", std::string(kind_name(key.kind))}, {"namespace", key.namespace_}, {"name", key.name}};
}

Result<cluster::ObjectKey> key_from_json(const Json& json) {
  if (!json.is_object()) return invalid_error("the key of an object must be a mapping");
  const auto kind = parse_kind(text_of(json, "kind"));
  if (!kind) return invalid_error("unknown kind \"" + text_of(json, "kind") + "\"");
  return cluster::ObjectKey{*kind, text_of(json, "namespace"), text_of(json, "name")};
}

}  // namespace visionops::local
