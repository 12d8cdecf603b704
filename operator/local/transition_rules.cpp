#include "operator/local/transition_rules.h"

#include "base/field_table.h"

namespace visionops::local {
namespace {

constexpr std::string_view kUnchanged = "self == oldSelf";

/// Walks the OpenAPI schema that the field tables generate; lists are atomic and carry no such rule.
void walk(const Json& schema, const Json& before, const Json& after, const std::string& path, Problems& problems) {
  for (const Json& rule : schema.value("x-kubernetes-validations", Json::array())) {
    if (rule.value("rule", "") == kUnchanged && before != after) problems.push_back({path, rule.value("message", "")});
  }
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !before.is_object() || !after.is_object()) return;
  for (const auto& [name, child] : properties->items()) {
    const auto old_value = before.find(name);
    const auto new_value = after.find(name);
    if (old_value == before.end() || new_value == after.end()) continue;
    walk(child, *old_value, *new_value, join_path(path, name), problems);
  }
}

template <class Spec>
Problems check_spec(const Spec& before, const Spec& after) {
  static const Json schema = Spec::fields().schema();
  Problems problems;
  walk(schema, encode_fields(before), encode_fields(after), "spec", problems);
  return problems;
}

}  // namespace

Problems check_transition(const cluster::Object& before, const cluster::Object& after) {
  return std::visit(
      [&](const auto& old_object) -> Problems {
        using T = std::decay_t<decltype(old_object)>;
        if constexpr (requires { old_object.problems; }) {
          return check_spec(old_object.spec, std::get<T>(after).spec);
        } else {
          return {};
        }
      },
      before);
}

}  // namespace visionops::local
