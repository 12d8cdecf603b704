// Darknet: " 5989: loss=0.444, avg loss=0.329, rate=0.001000, ..." and, of older versions,
// " 1: 1256.436157, 1256.436157 avg loss, 0.000000 rate, ...". It counts batches.
#include <array>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 5> kWords{"avg loss", "mean average precision", "mAP=", "max_batches",
                                                 " images,"};

class DarknetReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    return length(line, story) || batch(trimmed(line), story) || score(line, story);
  }

 private:
  static bool length(std::string_view line, Story& story) {
    const auto at = line.find("max_batches");
    if (at == std::string_view::npos) return false;
    auto rest = trimmed(line.substr(at + 11));
    if (rest.starts_with('=') || rest.starts_with(':')) rest = trimmed(rest.substr(1));
    if (const auto number = leading_number(rest)) story.say_steps(static_cast<std::int64_t>(number->value));
    return true;
  }

  static bool batch(std::string_view text, Story& story) {
    const auto colon = text.find(": ");
    const auto step = colon == std::string_view::npos ? std::nullopt : whole_number_of(text.substr(0, colon));
    if (!step || text.find("avg loss") == std::string_view::npos) return false;
    story.at_step(*step, story.position().steps);
    const auto rest = text.substr(colon + 2);
    if (rest.find("loss=") == std::string_view::npos) {
      old_values(rest, story);
    } else {
      for (const auto& pair : pairs_in(rest, '=')) new_value(rest, pair, story);
    }
    story.claim();
    return true;
  }

  static void new_value(std::string_view rest, const Pair& pair, Story& story) {
    const auto before = rest.substr(0, static_cast<std::size_t>(pair.name.data() - rest.data()));
    if (pair.name == "loss") story.metric(before.ends_with("avg ") ? "avg loss" : "loss", pair.value);
    if (pair.name == "rate") story.metric(pair.name, pair.value);
  }

  static void old_values(std::string_view rest, Story& story) {
    const auto loss = leading_number(rest);
    if (!loss) return;
    story.metric("loss", loss->value);
    const auto comma = rest.find(", ");
    const auto mean = comma == std::string_view::npos ? std::nullopt : leading_number(rest.substr(comma + 2));
    if (mean) story.metric("avg loss", mean->value);
  }

  /// "mean average precision (mAP@0.50) = 0.876543, or 87.65 %"; "last=..., best=..., mAP=87.65"
  static bool score(std::string_view line, Story& story) {
    const auto at = line.find("mean average precision");
    for (const auto& pair : pairs_in(line, '=')) {
      const bool mean = at != std::string_view::npos && pair.name.starts_with("mAP");
      if (mean || pair.name == "mAP") return story.metric("mAP", pair.value), true;
    }
    if (at == std::string_view::npos) return false;
    const auto equals = line.find('=', at);
    const auto value =
        equals == std::string_view::npos ? std::nullopt : leading_number(trimmed(line.substr(equals + 1)));
    if (value) story.metric("mAP", value->value);
    return true;
  }
};

}  // namespace

extern const LogFormat darknet{"darknet", kWords,
                               []() -> std::unique_ptr<LogReader> { return std::make_unique<DarknetReader>(); }};

}  // namespace visionops::framework
