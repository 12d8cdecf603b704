#include "crds/gen/reference.h"

#include <cmath>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/yaml/yaml_emit.h"
#include "operator/api/manipulator_schema.h"
#include "operator/settings/operator_config.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/format.h"
#include "worker/contract/manipulator_call.h"
#include "worker/contract/training_task.h"

namespace visionops::crds {

namespace {

constexpr const char* kGenerated = "<!-- Written by visionops-crds from the field tables; do not edit. -->\n\n";

/// Text inside a table cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

/// Inside backticks only the column separator needs an escape.
std::string code(const std::string& text) {
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out + "`";
}

std::string type_text(const Json& schema) {
  if (schema.contains("enum")) {
    std::string out;
    for (const auto& word : schema["enum"]) out += (out.empty() ? "" : ", ") + code(word.get<std::string>());
    return out;
  }
  const std::string type = schema.value("type", "object");
  if (type == "array") return "list of " + type_text(schema["items"]);
  if (type == "object" && schema.contains("additionalProperties")) {
    return "mapping to " + type_text(schema["additionalProperties"]);
  }
  if (type == "object") return schema.contains("x-kubernetes-preserve-unknown-fields") ? "free mapping" : "mapping";
  if (schema.value("format", "") == "date-time") return "time";
  return type;
}

std::string range_text(const Json& schema, const char* low, const char* high, const char* what) {
  const auto value = [&](const char* key) {
    const Json& bound = schema[key];
    const double v = bound.get<double>();
    const bool whole = v > -9.1e15 && v < 9.1e15 && v == static_cast<double>(static_cast<std::int64_t>(v));
    return whole ? std::to_string(static_cast<std::int64_t>(v)) : bound.dump();
  };
  const std::string unit = *what == '\0' ? "" : std::string(" ") + what;
  if (schema.contains(low) && schema.contains(high)) return value(low) + " to " + value(high) + unit;
  if (schema.contains(low)) return "at least " + value(low) + unit;
  return schema.contains(high) ? "at most " + value(high) + unit : "";
}

std::string bounds_text(const Json& schema, bool required) {
  std::string out = required ? "required" : "";
  const auto add = [&out](const std::string& text) {
    if (!text.empty()) out += (out.empty() ? "" : "; ") + text;
  };
  add(range_text(schema, "minimum", "maximum", ""));
  add(range_text(schema, "minLength", "maxLength", "characters"));
  add(range_text(schema, "minItems", "maxItems", "items"));
  add(range_text(schema, "minProperties", "maxProperties", "entries"));
  if (schema.contains("pattern")) add(code(schema["pattern"].get<std::string>()));
  if (schema.value("x-kubernetes-list-type", "") == "set") add("no value twice");
  for (const auto& key : schema.value("x-kubernetes-list-map-keys", Json::array())) {
    add("unique by " + key.get<std::string>());
  }
  return out;
}

bool is_required(const Json& schema, const std::string& name) {
  for (const auto& required : schema.value("required", Json::array())) {
    if (required == name) return true;
  }
  return false;
}

/// The part below a field that is worth rows of its own: of a mapping, a list of mappings.
const Json& inner_of(const Json& schema) {
  if (schema.contains("items")) return schema["items"];
  if (schema.contains("additionalProperties")) return schema["additionalProperties"];
  return schema;
}

/// A step of a chain is documented in manipulators.md, not once more in every field that has one.
bool is_chain(const Json& schema) { return schema.value("maxProperties", 0) == 1 && schema.contains("properties"); }

std::string path_text(const std::string& parent, const std::string& name, const Json& schema) {
  std::string out = parent.empty() ? name : parent + "." + name;
  if (schema.contains("items") && schema["items"].contains("properties")) out += "[]";
  return out;
}

void write_rows(const Json& schema, const std::string& parent, std::string& out) {
  for (const auto& key : schema.value(kPropertyOrder, Json::array())) {
    const std::string name = key.get<std::string>();
    const Json& child = schema["properties"][name];
    const std::string path = path_text(parent, name, child);
    std::string description = child.value("description", "");
    const Json& inner = inner_of(child);
    if (is_chain(inner)) description += " See [manipulators](manipulators.md).";
    out += "| " + code(path) + " | " + type_text(child) + " | " + bounds_text(child, is_required(schema, name)) +
           " | " + cell(description) + " |\n";
    if (!is_chain(inner)) write_rows(inner, path, out);
  }
}

void write_rules(const Json& schema, const std::string& path, std::string& out) {
  for (const auto& rule : schema.value("x-kubernetes-validations", Json::array())) {
    out += "- " + (path.empty() ? "" : code(path) + ": ") + rule["message"].get<std::string>() + "\n";
  }
  for (const auto& key : schema.value(kPropertyOrder, Json::array())) {
    const std::string name = key.get<std::string>();
    const Json& child = schema["properties"][name];
    const std::string below = path_text(path, name, child);
    write_rules(child, below, out);
    if (&inner_of(child) != &child) write_rules(inner_of(child), below, out);
  }
}

std::string table_head() { return "| Field | Type | Bounds | Description |\n|---|---|---|---|\n"; }

std::string lower(std::string_view word) {
  std::string out;
  for (const char c : word) out += c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

Json parsed(const std::string& text) {
  auto json = parse_json(text);
  return json.ok() ? std::move(*json) : Json::object();
}

std::string scopes_text(const contract::ManipulatorInfo& info) {
  std::string out;
  for (const auto scope : info.scopes) {
    out += out.empty() ? "" : ", ";
    out += scope == contract::ManipulatorScope::PerSource ? "`sources[].manipulators`" : "`postMerge`";
  }
  return out;
}

std::string manipulator_section(const contract::ManipulatorInfo& info) {
  std::string out = "## " + info.name + "\n\n" + api::manipulator_description(info) + "\n\n";
  out += "- Category: " + lower(enum_name(info.category)) + "\n- Place: " + scopes_text(info) +
         "\n- Status: " + lower(enum_name(info.status)) + ", version " + info.version + "\n";
  if (!info.output_format.empty()) out += "- Writes: " + info.output_format + "\n";
  std::string rows;
  write_rows(parsed(info.params_schema), "", rows);
  out += rows.empty() ? "\nNo parameters.\n" : "\n" + table_head() + rows;
  Json call = Json::object();
  call[info.name] = parsed(info.example);
  return out + "\n```yaml\n" + to_yaml(Json::array({call})) + "```\n\n";
}

template <class Names>
std::string code_list(const Names& names) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "`" : ", `") + std::string(name) + "`";
  return out;
}

std::string bounds_text(const contract::Hyperparameter& row) {
  if (std::holds_alternative<bool>(row.standard)) return "true or false";
  const contract::Hyperparameter free;
  if (row.minimum == free.minimum && row.maximum == free.maximum) return "any";
  const bool whole = std::holds_alternative<std::int32_t>(row.standard);
  const auto text = [&](double v) { return whole ? std::to_string(std::llround(v)) : Json(v).dump(); };
  return text(row.minimum) + " to " + text(row.maximum);
}

std::string standard_text(const contract::HyperparameterValue& value) {
  return std::visit([](const auto& v) { return Json(v).dump(); }, value);
}

std::string hyperparameter_rows(std::span<const contract::Hyperparameter> rows) {
  std::string out = "| Name | Default | Bounds | Meaning |\n|---|---|---|---|\n";
  for (const auto& row : rows) {
    out += "| `" + std::string(row.name) + "` | " + standard_text(row.standard) + " | " + bounds_text(row) + " | " +
           cell(std::string(row.doc)) + " |\n";
  }
  return out;
}

std::string task_section(const contract::TrainingTask& task) {
  std::string out = "## " + std::string(enum_name(task.task)) + "\n\n- Models: " + code_list(task.models) + "\n";
  std::vector<std::string> metrics, losses(contract::kTrainerMetrics.begin(), contract::kTrainerMetrics.end());
  for (const auto& metric : task.metrics) metrics.emplace_back(metric.name);
  for (const auto loss : task.losses) losses.push_back("loss_" + std::string(loss));
  out += "- Metrics: " + code_list(metrics) + " of the validation set; " + code_list(losses) + " of each epoch\n";
  out += "- Best epoch by `" + std::string(task.best_metric) + "`, without a validation set by `loss`\n\n";
  return out + hyperparameter_rows(task.hyperparameters) + "\n";
}

const char* retry_text(contract::RetryDecision decision) {
  switch (decision) {
    case contract::RetryDecision::Never:
      return "no";
    case contract::RetryDecision::Counted:
      return "yes, counted";
    case contract::RetryDecision::Later:
      return "later";
    case contract::RetryDecision::Free:
      return "yes, not counted";
  }
  return "";
}

}  // namespace

std::string resource_reference(const Resource& resource) {
  std::string out = "# " + resource.kind + "\n\n" + kGenerated + resource.description + "\n\n";
  out += "`visionops.dev/v1alpha1`, namespaced, short name `" + resource.short_name + "`. ";
  out +=
      "[Samples](../../samples) show it in use; `kubectl explain " + resource.plural + ".spec` has the same text.\n\n";
  const Json spec = resource.spec_schema();
  out += "## spec\n\n" + table_head();
  write_rows(spec, "", out);
  std::string rules;
  write_rules(spec, "", rules);
  if (!rules.empty()) out += "\n### Rules\n\n" + rules;
  out += "\n## status\n\nWritten by the operator alone.\n\n" + table_head();
  write_rows(resource.status_schema(), "", out);
  return out;
}

std::string manipulator_reference() {
  std::string out = std::string("# Manipulators\n\n") + kGenerated +
                    "The steps of a Pipeline. Each is a list item of its own: a mapping with one key, the name.\n\n";
  for (const auto& info : contract::manipulator_catalog()) out += manipulator_section(info);
  out.pop_back();
  return out;
}

std::string format_reference() {
  std::string out = std::string("# Annotation formats\n\n") + kGenerated +
                    "A format that is read is a word of `spec.format` of a Dataset, one that is written of "
                    "`spec.output.format` of a Pipeline. What the files of a format have no place for stops a run "
                    "unless `spec.allowLoss` names it; `UnknownKeys` and `Precision` are told and never stop one.\n\n| "
                    "Format | Files | Read | Written | Writing it loses |\n"
                    "|---|---|---|---|---|\n";
  for (const auto& info : contract::formats()) {
    const std::string loses = !info.writes ? "-" : info.loses.empty() ? "nothing" : std::string(info.loses);
    out += "| " + std::string(info.name) + " | " + code(std::string(info.layout)) + " | " +
           (info.reads ? "yes" : "no") + " | " + (info.writes ? "yes" : "no") + " | " + cell(loses) + " |\n";
  }
  return out;
}

std::string configuration_reference() {
  std::string out = std::string("# Configuration of the operator\n\n") + kGenerated +
                    "The file that `visionops operator --config FILE` reads. The chart writes it from its values. An "
                    "unknown field or a wrong value ends the operator with exit code 2 and the line that is wrong.\n\n";
  out += table_head();
  write_rows(api::OperatorConfig::fields().schema(), "", out);
  return out;
}

std::string training_task_reference() {
  std::string out = std::string("# Tasks of the built-in trainer\n\n") + kGenerated +
                    "What a TrainingJob with `runtime: builtin` can learn. The settings stand in "
                    "`hyperparameters.extra`; one that is not in these tables is refused.\n\n";
  for (const auto* task : contract::training_tasks()) out += task_section(*task);
  return out + "## Every task\n\n" + hyperparameter_rows(contract::kTrainerHyperparameters);
}

std::string exit_code_reference() {
  std::string out = std::string("# Exit codes of all programs\n\n") + kGenerated +
                    "A mistake on a command line ends every program with 2. The class of a Pod's code stands in the "
                    "status of its resource; a counted retry counts against `spec.retry.limit`. Codes without a word "
                    "under \"Retried\" are those of commands that run in no Pod.\n\n"
                    "| Code | Name | Retried | Meaning | Of a command by hand | Way out |\n|---|---|---|---|---|---|\n";
  for (const auto& info : contract::exit_code_table()) {
    out += "| " + std::to_string(static_cast<int>(info.code)) + " | " + std::string(info.name) + " | " +
           (info.retry ? retry_text(*info.retry) : "") + " | " + cell(std::string(info.meaning)) + " | " +
           cell(std::string(info.by_hand)) + " | " + cell(std::string(info.hint)) + " |\n";
  }
  return out;
}

}  // namespace visionops::crds
