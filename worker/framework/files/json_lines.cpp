// An object on each line: scalars.json of MMEngine (a validation has only `step`, which is then its epoch),
// metrics.json of Detectron2 (`iteration`), *.log.json of mmcv (`mode`, `epoch`, and `iter` within the epoch).
#include <algorithm>
#include <string>

#include "base/json.h"
#include "worker/framework/files/file_format.h"
#include "worker/framework/files/json_numbers.h"
#include "worker/framework/files/seen_prefix.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

bool is_place(std::string_view name) {
  return name == "epoch" || name == "iter" || name == "iteration" || name == "step" || name == "global_step" ||
         name == "mode";
}

class JsonLinesReader final : public FileReader {
 public:
  explicit JsonLinesReader(std::int32_t first_epoch) : shift_(1 - first_epoch) {}

  void read(std::string_view text, bool whole, Story& story) override {
    std::size_t at = seen_.unread(text);
    if (at == 0) *this = JsonLinesReader(1 - shift_);
    while (at < text.size()) {
      const auto end = text.find('\n', at);
      if (end == std::string_view::npos && !whole) break;
      const auto row = trimmed(text.substr(at, std::min(end, text.size()) - at));
      const auto json = row.starts_with('{') ? parse_python_json(row) : std::nullopt;
      if (json && json->is_object()) line(*json, row, story);
      at = std::min(end, text.size() - 1) + 1;
    }
    seen_.take(text.substr(0, at));
    story.file_done(std::max(done_, epoch_ - 1), step_);
  }

 private:
  static std::int64_t place(const Json& json, const char* key) {
    const double value = number_in(json, key).value_or(-1);
    return value >= 0 && value < 1e15 ? static_cast<std::int64_t>(value) : -1;
  }

  void line(const Json& json, std::string_view row, Story& story) {
    Story::Point point;
    point.row = row;
    where(json, point);
    for (const auto& [name, value] : json.items()) {
      const auto number = is_place(name) ? std::nullopt : json_number(value);
      if (!number) continue;
      point.name = name;
      point.value = *number;
      story.file_point(point);
    }
  }

  void where(const Json& json, Story::Point& point) {
    const std::int64_t epoch = place(json, "epoch");
    const std::int64_t step = std::max({place(json, "step"), place(json, "global_step"), place(json, "iteration")});
    const std::int64_t iter = place(json, "iter");
    if (epoch >= 0) begin_epoch(static_cast<std::int32_t>(std::min<std::int64_t>(epoch, 1'000'000'000)) + shift_);
    if (json.contains("mode")) {
      if (text_of(json, "mode") == "val") done_ = std::max(done_, epoch_);
      if (text_of(json, "mode") == "train" && iter >= 0) step_ = before_ + iter;
    } else if (epoch < 0 && iter < 0 && epoch_ > 0 && step >= 0 && step <= epoch_) {
      done_ = std::max(done_, static_cast<std::int32_t>(step));  // a validation, by epochs
    } else if (step >= 0 || iter >= 0) {
      step_ = std::max(step, iter);
    }
    point.epoch = epoch_;
    point.step = step_;
  }

  void begin_epoch(std::int32_t epoch) {
    if (epoch == epoch_) return;
    before_ = std::max<std::int64_t>(step_, 0);
    epoch_ = epoch;
  }

  std::int32_t shift_;
  SeenPrefix seen_;
  std::int32_t epoch_ = 0;
  std::int32_t done_ = 0;
  std::int64_t before_ = 0;  ///< steps of the epochs before
  std::int64_t step_ = -1;
};

}  // namespace

extern const FileFormat json_lines{"JSONLines", [](std::int32_t first_epoch) -> std::unique_ptr<FileReader> {
                                     return std::make_unique<JsonLinesReader>(first_epoch);
                                   }};

}  // namespace visionops::framework
