// Katib's JSON: an object on each line, values as texts or numbers. What is named epoch or step is a place.
#include <array>
#include <string>

#include "base/json.h"
#include "worker/framework/files/json_numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 1> kWords{"{\""};

class KatibJsonReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    const auto text = trimmed(line);
    if (!text.starts_with('{') || !text.ends_with('}')) return false;
    const auto json = parse_python_json(text);
    if (!json || !json->is_object()) return false;
    const auto epoch = number_in(*json, "epoch");
    const auto step = number_in(*json, "step");
    if (epoch) story.at_epoch(static_cast<std::int64_t>(*epoch));
    if (step) story.at_step(static_cast<std::int64_t>(*step), 0);
    bool told = false;
    for (const auto& [name, value] : json->items()) {
      const auto number = json_number(value);
      if (!number || name == "epoch" || name == "step" || name == "timestamp") continue;
      story.metric(name, *number);
      told = true;
    }
    if (told) story.claim();
    return told || epoch || step;
  }
};

}  // namespace

extern const LogFormat katib_json{"katib_json", kWords,
                                  []() -> std::unique_ptr<LogReader> { return std::make_unique<KatibJsonReader>(); }};

}  // namespace visionops::framework
