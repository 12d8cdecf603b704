// The Trainer of Transformers: dictionaries of Python, anywhere in a line since bars are drawn beside them. Numbers
// until 4.x, texts with four digits since 5. Steps stand in the bar alone.
#include <array>
#include <string>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 2> kWords{"{'", "%|"};

class TransformersReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    const bool bar = read_bar(line, story);
    const auto at = line.find("{'");
    return (at != std::string_view::npos && read_dictionary(line.substr(at), story)) || bar;
  }

 private:
  struct Entry {
    std::string_view name;
    double value = 0;
  };

  /// " 30%|###       | 72/240 [00:01<00:02, 72.08it/s]" without a word before it. The first one is that of the
  /// training; those of an evaluation have another end.
  bool read_bar(std::string_view line, Story& story) {
    const auto text = trimmed(line);
    const auto percent = text.find("%|");
    if (percent == std::string_view::npos || !whole_number_of(text.substr(0, percent))) return false;
    const auto end = text.find(" [", percent);
    const auto bar = text.rfind('|', end);
    if (end == std::string_view::npos || bar <= percent) return false;
    const auto steps = fraction_of(text.substr(bar + 1, end - bar - 1));
    if (!steps || steps->second <= 0) return false;
    if (steps_ == 0) steps_ = steps->second;
    if (steps->second != steps_) return true;
    if (steps->first > 0) {
      story.at_step(steps->first, steps->second);
    } else {
      story.say_steps(steps->second);
    }
    return true;
  }

  bool read_dictionary(std::string_view text, Story& story) {
    const auto end = text.find('}');
    if (end == std::string_view::npos) return false;
    const auto entries = entries_of(text.substr(1, end - 1));
    double epoch = -1;
    bool trained = false;
    for (const auto& entry : entries) {
      if (entry.name == "epoch") epoch = entry.value;
      trained = trained || entry.name == "train_runtime";
    }
    if (epoch < 0) return false;
    story.at_fraction(epoch);
    for (const auto& entry : entries) {
      if (entry.name != "epoch") story.metric(entry.name, entry.value, steps_ > 0);
    }
    if (trained) story.say_finished();
    story.claim(text.substr(0, end + 1));
    return true;
  }

  /// 'name': 1.5 and 'name': '1.5'; what is no number is left out.
  static std::vector<Entry> entries_of(std::string_view text) {
    std::vector<Entry> entries;
    for (std::size_t at = 0; at < text.size();) {
      const auto open = text.find('\'', at);
      const auto close = open == std::string_view::npos ? open : text.find('\'', open + 1);
      if (close == std::string_view::npos) break;
      at = close + 1;
      auto value = trimmed(text.substr(at));
      if (!value.starts_with(':')) continue;
      value = trimmed(value.substr(1));
      const bool quoted = value.starts_with('\'');
      if (quoted) value.remove_prefix(1);
      const auto number = leading_number(value);
      const auto rest = number ? value.substr(number->length) : value;
      if (number && (rest.empty() || rest[0] == ',' || rest[0] == '\'')) {
        entries.push_back({text.substr(open + 1, close - open - 1), number->value});
      }
      if (quoted)
        at = std::min(text.find('\'', static_cast<std::size_t>(value.data() - text.data())), text.size() - 1) + 1;
    }
    return entries;
  }

  std::int64_t steps_ = 0;
};

}  // namespace

extern const LogFormat transformers{
    "transformers", kWords, []() -> std::unique_ptr<LogReader> { return std::make_unique<TransformersReader>(); }};

}  // namespace visionops::framework
