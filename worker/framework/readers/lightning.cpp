// Lightning: a bar of tqdm with its values behind "v_num=" on one line, or Rich's table, which on a pipe comes once at
// the end with its values on lines of their own. Epochs count from 0; the bar is drawn again with newer values after
// the validation, so values are told when the epoch is over.
#include <array>
#include <map>
#include <string>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 5> kWords{"Epoch ", "`Trainer.fit` stopped", "Signaling Trainer to stop",
                                                 "Restored all states", "Trainer was signaled to stop"};

class LightningReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    const bool told = bar(line, story) || table(line, story) || row(line);
    return sentence(line, story) || told;
  }

  [[nodiscard]] bool wants_next() const override { return rows_ > 0; }

  void end(Story& story) override { tell(story); }

 private:
  /// "Epoch 2: 100%|####| 6/6 [00:00<00:00, 63.13it/s, v_num=0, train_loss=1.110]"
  bool bar(std::string_view line, Story& story) {
    const auto at = line.find("Epoch ");
    if (at == std::string_view::npos) return false;
    line.remove_prefix(at + 6);
    const auto colon = line.find(':');
    const auto pipe = line.rfind("| ");
    if (colon == std::string_view::npos || pipe == std::string_view::npos || line.find('|') > pipe) return false;
    const auto epoch = whole_number_of(line.substr(0, colon));
    if (!epoch) return false;
    begin(*epoch + 1, true, story);
    const auto rest = line.substr(pipe + 2);
    const auto steps = fraction_of(rest.substr(0, rest.find(" [")));
    if (steps && steps->second > 0) story.within_epoch(steps->first, steps->second);
    const bool full = steps && steps->first >= steps->second;
    for (const auto& pair : pairs_in(rest, '=')) value(pair, full, story);
    story.claim();
    return true;
  }

  void value(const Pair& pair, bool full, Story& story) {
    if (pair.name == "v_num") return;
    story.watch(pair.name, pair.value);
    if (full) values_[std::string(pair.name)] = pair.value;
  }

  /// "Epoch 2/2  ---- 6/6 0:00:00 - 0:00:00 101.92it/s v_num: 0.000", and the values of the epoch below.
  bool table(std::string_view line, Story& story) {
    const auto text = trimmed(line);
    if (!text.starts_with("Epoch ")) return false;
    const auto words = words_of(text);
    const auto epoch = words.size() > 2 ? fraction_of(words[1]) : std::nullopt;
    if (!epoch || line.find("it/s") == std::string_view::npos) return false;
    story.say_epochs(epoch->second + 1);
    begin(epoch->first + 1, false, story);
    rows_ = 64;
    for (std::size_t i = 2; i < words.size(); ++i) {
      const auto steps = fraction_of(words[i]);
      if (!steps || steps->second <= 0) continue;
      story.within_epoch(steps->first, steps->second);
      break;
    }
    for (const auto& pair : pairs_in(text, ':')) {
      if (pair.name != "v_num") values_[std::string(pair.name)] = pair.value;
    }
    story.claim();
    return true;
  }

  bool row(std::string_view line) {
    if (rows_ <= 0) return false;
    const auto text = trimmed(line);
    const auto pairs = pairs_in(text, ':');
    const bool whole = line.starts_with("    ") && pairs.size() == 1 && pairs[0].end == text.size() &&
                       pairs[0].name.data() == text.data();
    rows_ = whole ? rows_ - 1 : 0;
    if (whole && pairs[0].name != "v_num") values_[std::string(pairs[0].name)] = pairs[0].value;
    return whole;
  }

  bool sentence(std::string_view line, Story& story) {
    const auto stopped = line.find("`Trainer.fit` stopped");
    const bool signaled = line.find("Signaling Trainer to stop") != std::string_view::npos;
    if (stopped == std::string_view::npos && !signaled)
      return line.find("Restored all states") != std::string_view::npos;
    story.claim(line.substr(stopped == std::string_view::npos ? 0 : stopped));
    if (signaled) story.event(line);
    if (!signaled && line.find("=", stopped) == std::string_view::npos) return true;  // "No training batches."
    story.say_finished();
    if (const auto at = line.find("`max_epochs="); at != std::string_view::npos) {
      const auto epochs = leading_number(line.substr(at + 12));
      if (epochs) story.epoch_done(static_cast<std::int64_t>(epochs->value));
    }
    return true;
  }

  /// `live`: bars come while the epoch goes on; Rich's table comes at the end of the run.
  void begin(std::int64_t epoch, bool live, Story& story) {
    if (epoch != epoch_) tell(story);
    epoch_ = epoch;
    story.at_epoch(epoch, live);
  }

  void tell(Story& story) {
    for (const auto& [name, value] : values_) story.metric(name, value);
    values_.clear();
  }

  std::map<std::string, double> values_;
  std::int64_t epoch_ = 0;
  int rows_ = 0;
};

}  // namespace

extern const LogFormat lightning{"lightning", kWords,
                                 []() -> std::unique_ptr<LogReader> { return std::make_unique<LightningReader>(); }};

}  // namespace visionops::framework
