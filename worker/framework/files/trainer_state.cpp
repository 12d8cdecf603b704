// trainer_state.json of Transformers: the whole history in one document, with the bare word NaN where a value is none.
// It lies in each checkpoint and, at the end, beside them.
#include <cmath>

#include "base/json.h"
#include "worker/framework/files/file_format.h"
#include "worker/framework/files/json_numbers.h"

namespace visionops::framework {

namespace {

class TrainerStateReader final : public FileReader {
 public:
  void read(std::string_view text, bool, Story& story) override {
    const auto json = parse_python_json(text);
    if (!json || !json->is_object()) return;  // half written
    const auto history = json->find("log_history");
    if (history == json->end() || !history->is_array()) return;
    for (const auto& entry : *history) {
      if (entry.is_object()) points(entry, story);
    }
    const double epoch = number_in(*json, "epoch").value_or(0);
    const double step = number_in(*json, "global_step").value_or(-1);
    if (!(epoch >= 0 && epoch < 1e9 && step < 1e15)) return;
    const double steps = number_in(*json, "max_steps").value_or(0);
    story.file_done(static_cast<std::int32_t>(std::floor(epoch + 1e-6)), static_cast<std::int64_t>(step),
                    steps > 0 && steps < 1e15 ? static_cast<std::int64_t>(steps) : 0);
  }

 private:
  static void points(const Json& entry, Story& story) {
    const double epoch = number_in(entry, "epoch").value_or(0);
    const double step = number_in(entry, "step").value_or(-1);
    if (!(epoch >= 0 && epoch < 1e9 && step < 1e15)) return;
    Story::Point point;
    point.epoch = static_cast<std::int32_t>(std::ceil(epoch - 1e-6));
    point.step = static_cast<std::int64_t>(step);
    for (const auto& [name, value] : entry.items()) {
      if (name == "epoch" || name == "step") continue;
      const auto number = json_number(value);
      if (!number) continue;
      point.name = name;
      point.value = *number;
      const std::string row = "\"" + name + "\": " + dump_json(value);
      point.row = row;
      story.file_point(point);
    }
  }
};

}  // namespace

extern const FileFormat trainer_state{
    "TrainerState", [](std::int32_t) -> std::unique_ptr<FileReader> { return std::make_unique<TrainerStateReader>(); }};

}  // namespace visionops::framework
