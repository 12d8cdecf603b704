// Katib's text: "loss=0.3 accuracy=.98", perhaps behind a time of RFC 3339. Names are as Katib's filter has them; what
// is named epoch or step is a place, not a value.
#include <array>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 1> kWords{"="};

class KatibReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    // Arguments that are printed are no values.
    if (line.find("Namespace(") != std::string_view::npos) return false;
    const auto pairs = pairs_in(line, '=');
    // "[Epoch 5] loss=0.2" is a line for people, and says its epoch in another way.
    const bool names_epoch =
        line.find("poch ") != std::string_view::npos || line.find("poch:") != std::string_view::npos;
    if (names_epoch) return false;
    for (const auto& pair : pairs) {
      if (pair.name == "epoch") story.at_epoch(static_cast<std::int64_t>(pair.value));
      if (pair.name == "step") story.at_step(static_cast<std::int64_t>(pair.value), 0);
    }
    for (const auto& pair : pairs) {
      if (pair.name != "epoch" && pair.name != "step") story.metric(pair.name, pair.value);
    }
    if (!pairs.empty()) story.claim();
    return !pairs.empty();
  }
};

}  // namespace

extern const LogFormat katib{"katib", kWords,
                             []() -> std::unique_ptr<LogReader> { return std::make_unique<KatibReader>(); }};

}  // namespace visionops::framework
