#include "worker/contract/hyperparameter.h"

#include <optional>

#include "base/fields/field_table.h"
#include "base/json.h"

namespace visionops::contract {
namespace {

/// nullopt: absent, or a problem.
std::optional<HyperparameterValue> read_row(const Hyperparameter& row, const Json& extra, const std::string& path,
                                            Problems& problems) {
  const std::string name(row.name);
  const auto it = extra.find(name);
  if (it == extra.end() || it->is_null()) return std::nullopt;
  const auto before = problems.size();
  const std::string here = join_path(path, name);
  auto value = row.standard;
  std::visit([&](auto& v) { TypeOf<std::decay_t<decltype(v)>>::get().decode(*it, &v, here, problems); }, value);
  FieldDoc bounds;
  bounds.minimum = row.minimum;
  bounds.maximum = row.maximum;
  if (problems.size() == before) check_bounds(bounds, *it, here, problems);
  return problems.size() == before ? std::optional(value) : std::nullopt;
}

Json parse_extra(const FreeMap& extra) {
  auto json = extra.json.empty() ? Result<Json>(Json::object()) : parse_json(extra.json);
  return json ? *std::move(json) : Json();
}

}  // namespace

void check_hyperparameters(std::initializer_list<std::span<const Hyperparameter>> tables, const FreeMap& extra,
                           const std::string& path, Problems& problems) {
  const Json json = parse_extra(extra);
  if (!json.is_object()) {
    problems.push_back({path, type_message("a mapping", json)});
    return;
  }
  std::vector<std::string> known;
  for (const auto& rows : tables) {
    for (const auto& row : rows) {
      known.emplace_back(row.name);
      read_row(row, json, path, problems);
    }
  }
  for (const auto& [key, value] : json.items()) {
    if (problems.size() >= kMaxProblems) return;
    if (std::ranges::find(known, key) == known.end()) {
      problems.push_back({join_path(path, key), unknown_field_message(key, known)});
    }
  }
}

std::vector<HyperparameterValue> read_hyperparameters(std::span<const Hyperparameter> rows, const FreeMap& extra) {
  const Json json = parse_extra(extra);
  Problems ignored;
  std::vector<HyperparameterValue> values;
  for (const auto& row : rows) {
    values.push_back(json.is_object() ? read_row(row, json, "", ignored).value_or(row.standard) : row.standard);
  }
  return values;
}

}  // namespace visionops::contract
