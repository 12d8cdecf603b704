#include "operator/record/rows/statement.h"

#include <algorithm>

#include "base/json.h"

namespace visionops::record {
namespace {

void remove_nul(Json& json) {
  if (json.is_string()) {
    std::erase(json.get_ref<std::string&>(), '\0');
  } else if (json.is_array()) {
    for (auto& item : json) remove_nul(item);
  } else if (json.is_object()) {
    Json clean = Json::object();
    for (auto& [key, value] : json.items()) {
      std::string name = key;
      std::erase(name, '\0');
      remove_nul(value);
      clean[name] = std::move(value);
    }
    json = std::move(clean);
  }
}

}  // namespace

std::string payload_text(Json json) {
  remove_nul(json);
  return dump_json(json);
}

std::vector<Statement> statements_of(const core::Record& record) {
  struct Rows {
    std::vector<Statement> operator()(const core::DatasetRecord& r) const { return dataset_statements(r); }
    std::vector<Statement> operator()(const core::PipelineRecord& r) const { return pipeline_statements(r); }
    std::vector<Statement> operator()(const core::TrainingRecord& r) const { return training_statements(r); }
    std::vector<Statement> operator()(const core::TelemetryRecord& r) const { return telemetry_statements(r); }
    std::vector<Statement> operator()(const core::NotificationRecord& r) const { return notification_statements(r); }
  };
  return std::visit(Rows{}, record);
}

}  // namespace visionops::record
