#include "operator/record/rows/words.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace visionops::record {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

/// "ZeroShot" -> "zero_shot"
std::string snake(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isupper(byte) && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

}  // namespace

std::string word(DatasetType type) { return upper(enum_name(type)); }
std::string word(Split split) { return upper(enum_name(split)); }
std::string word(Modality modality) { return upper(enum_name(modality)); }

std::string word(Format format) { return upper(format.name()); }

std::string word(Task task) {
  if (task == Task::AttributeClassification) return "ATTR_CLASSIFICATION";
  return upper(snake(enum_name(task)));
}

std::string dataset_word(api::Phase phase) {
  if (phase == api::Phase::Succeeded) return "READY";
  if (phase == api::Phase::Failed) return "ERROR";
  return phase == api::Phase::Pending ? "PENDING" : "PROCESSING";
}

std::string word(api::Phase phase) { return phase == api::Phase::Succeeded ? "DONE" : upper(enum_name(phase)); }

std::string run_word(std::string_view phase) {
  if (phase == "Succeeded") return "DONE";
  if (phase == "Failed") return "FAILED";
  return "CANCELLED";
}

Json words(const std::vector<Task>& tasks) {
  Json out = Json::array();
  for (const Task task : tasks) out.push_back(word(task));
  return out;
}

Json stage_word(std::string_view stage) {
  if (stage.empty() || stage == "None") return nullptr;
  return snake(stage);
}

Json time_json(TimePoint t) { return t == TimePoint{} ? Json(nullptr) : Json(format_time_millis(t)); }
Json time_json(const std::optional<TimePoint>& t) { return t ? time_json(*t) : Json(nullptr); }
Json text_json(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json config_json(const Json& object, bool own_spec) {
  Json out{{"resolved", object.value("status", Json::object()).value("resolved", Json())}};
  if (own_spec) out["spec"] = object.value("spec", Json::object());
  return out;
}

Json runs_json(const std::vector<api::RunRecord>& runs) {
  Json out = Json::array();
  for (const auto& run : runs) {
    const std::string status = run_word(run.phase);
    out.push_back({{"run", run.run},
                   {"spec_hash", run.spec_hash},
                   {"status", status},
                   {"error_message", status == "DONE" ? Json(nullptr) : text_json(run.message)},
                   {"started_at", time_json(run.started_at)},
                   {"finished_at", time_json(run.finished_at)}});
  }
  return out;
}

}  // namespace visionops::record
