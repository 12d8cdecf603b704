// train.py of timm: "Train: 5 [  50/1251 (  4%)]  Loss: 0.234 (0.310)  ..." with the index from 0 over a count, and
// "Test: [  48/48]  ..." with the index over the last index; the means stand in brackets.
#include <array>
#include <string>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 6> kWords{
    "Train: ", "Test: [", "*** Best metric", "Scheduled epochs:", "Current checkpoints", "Test ("};

/// "[  50/1251 (  4%)]": the two numbers, and what stands behind.
std::optional<std::pair<std::int64_t, std::int64_t>> index_of(std::string_view text, std::string_view& rest) {
  const auto open = text.find('[');
  const auto close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  rest = text.substr(close + 1);
  auto inside = text.substr(open + 1, close - open - 1);
  inside = inside.substr(0, inside.find('('));
  return fraction_of(inside);
}

class TimmReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    const auto text = trimmed(line);
    return train(text, story) || test(text, story) || sentence(text, story);
  }

 private:
  bool train(std::string_view text, Story& story) {
    constexpr std::string_view kBegin = "Train: ";
    const auto at = text.find(kBegin);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + kBegin.size());
    std::string_view rest;
    const auto index = index_of(text, rest);
    const auto epoch = whole_number_of(trimmed(text.substr(0, text.find('['))));
    if (!index || !epoch) return false;
    story.at_epoch(*epoch + 1);
    story.within_epoch(index->first + 1, index->second);
    trained_ = index->first + 1 >= index->second ? *epoch + 1 : 0;
    for (const auto& pair : pairs_in(rest, ':')) {
      if (pair.name == "Loss" || pair.name == "LR" || pair.name == "Loss_m") story.metric(pair.name, pair.value);
      if (pair.name == "Loss") mean(rest, pair, story);
    }
    story.claim();
    return true;
  }

  static void mean(std::string_view rest, const Pair& pair, Story& story) {
    const auto inside = rest.substr(pair.end);
    const auto open = inside.find('(');
    if (open == std::string_view::npos) return;
    if (const auto value = leading_number(trimmed(inside.substr(open + 1)))) story.watch("mean loss", value->value);
  }

  bool test(std::string_view text, Story& story) {
    const auto at = text.find("Test");
    if (at == std::string_view::npos || text.find(": [", at) == std::string_view::npos) return false;
    std::string_view rest;
    const auto index = index_of(text, rest);
    if (!index) return false;
    story.claim();
    const bool averaged = text.find("(EMA)") != std::string_view::npos;
    if (index->first < index->second || averaged) return true;
    if (trained_ > 0) story.epoch_done(trained_);
    for (const auto& pair : pairs_in(rest, ':')) {
      const auto open = rest.find('(', pair.end);
      if (open == std::string_view::npos || pair.name == "Time") continue;
      const auto value = leading_number(trimmed(rest.substr(open + 1)));
      if (value) story.metric(pair.name == "Loss" ? "Test Loss" : pair.name, value->value);
    }
    return true;
  }

  static bool sentence(std::string_view text, Story& story) {
    constexpr std::string_view kScheduled = "Scheduled epochs: ";
    if (const auto at = text.find(kScheduled); at != std::string_view::npos) {
      if (const auto epochs = leading_number(text.substr(at + kScheduled.size()))) {
        story.say_epochs(static_cast<std::int64_t>(epochs->value));
      }
      return true;
    }
    if (text.find("*** Best metric") == std::string_view::npos) return false;
    story.claim();
    return true;
  }

  std::int64_t trained_ = 0;  ///< the epoch of which every batch was seen, and the validation not yet
};

}  // namespace

extern const LogFormat timm{"timm", kWords,
                            []() -> std::unique_ptr<LogReader> { return std::make_unique<TimmReader>(); }};

}  // namespace visionops::framework
