// MetricLogger of torchvision's references, which many scripts have a copy of (DETR, MAE): the header is the script's,
// "Epoch: [0]  [2/6]  eta: ...  loss: 1.2398 (1.1884)  ...": the median of the last ones and the mean. The number of
// epochs stands only where the arguments are printed. Also the ImageNet example of PyTorch, with tabs and no colons.
#include <array>
#include <string>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 6> kWords{"Epoch: [",       "Test: ",  "Namespace(",
                                                 "Training time ", " * Acc@", "Averaged stats"};

/// Behind "[number]"; the number may have blanks before it.
std::optional<std::int64_t> bracketed(std::string_view& text) {
  const auto open = text.find('[');
  const auto close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const auto number = whole_number_of(trimmed(text.substr(open + 1, close - open - 1)));
  if (number) text.remove_prefix(close + 1);
  return number;
}

class TorchvisionReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    return arguments(line, story) || epoch(line, story) || test(line, story);
  }

 private:
  static bool arguments(std::string_view line, Story& story) {
    if (line.find("Namespace(") == std::string_view::npos) return false;
    for (const std::string_view key : {"(epochs=", " epochs=", "(max_epochs=", " max_epochs="}) {
      const auto at = line.find(key);
      if (at == std::string_view::npos) continue;
      const auto number = leading_number(line.substr(at + key.size()));
      if (number) story.say_epochs(static_cast<std::int64_t>(number->value));
    }
    return true;
  }

  bool epoch(std::string_view line, Story& story) {
    constexpr std::string_view kBegin = "Epoch: ";
    const auto at = line.find(kBegin);
    if (at == std::string_view::npos) return false;
    line.remove_prefix(at + kBegin.size());
    const auto epoch = bracketed(line);
    if (!epoch) return false;
    story.at_epoch(*epoch + 1);
    story.claim();
    const auto open = line.find('[');
    const auto close = line.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return true;
    const auto index = fraction_of(line.substr(open + 1, close - open - 1));
    if (!index) return true;
    story.within_epoch(index->first + 1, index->second);
    values(line.substr(close + 1), story);
    return true;
  }

  static void values(std::string_view rest, Story& story) {
    auto pairs = pairs_in(rest, ':');
    if (pairs.empty() && rest.find('\t') != std::string_view::npos) return tabbed(rest, story);
    for (const auto& pair : pairs) {
      if (pair.name == "eta" || pair.name == "time" || pair.name == "data" || pair.name == "mem") continue;
      story.metric(pair.name, pair.value);
    }
  }

  /// "\tLoss 6.9012e+00 (6.9500e+00)\tAcc@1   0.00 (  0.10)"
  static void tabbed(std::string_view rest, Story& story) {
    for (std::size_t at = 0; at < rest.size();) {
      const auto end = std::min(rest.find('\t', at), rest.size());
      const auto words = words_of(rest.substr(at, end - at));
      const auto value = words.size() > 1 ? number_of(words[1]) : std::nullopt;
      if (value && words[0] != "Time" && words[0] != "Data") story.metric(words[0], *value);
      at = end + 1;
    }
  }

  bool test(std::string_view line, Story& story) {
    const auto text = trimmed(line);
    if (text.starts_with("Training time ")) {
      story.epoch_done(story.position().epoch);
      story.say_finished();
      return true;
    }
    const bool ours = text.starts_with("Test:") || text.starts_with("* Acc@") || text.starts_with("Averaged stats");
    if (!ours || story.position().epoch == 0) return false;
    story.claim();
    if (text.find("Total time:") != std::string_view::npos) story.epoch_done(story.position().epoch);
    if (text.find("[") == std::string_view::npos)
      scores(text, story);
    else
      watch_loss(text, story);
    return true;
  }

  static void watch_loss(std::string_view text, Story& story) {
    for (const auto& pair : pairs_in(text, ':')) {
      if (pair.name.find("loss") != std::string_view::npos) story.watch("Test " + std::string(pair.name), pair.value);
    }
  }

  /// "Test:  Acc@1 31.250 Acc@5 100.000"
  static void scores(std::string_view text, Story& story) {
    const auto words = words_of(text);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const auto value = number_of(words[i + 1]);
      if (value && words[i].find('@') != std::string_view::npos) story.metric(words[i], *value);
    }
  }
};

}  // namespace

extern const LogFormat torchvision{
    "torchvision", kWords, []() -> std::unique_ptr<LogReader> { return std::make_unique<TorchvisionReader>(); }};

}  // namespace visionops::framework
