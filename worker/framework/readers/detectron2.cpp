// Detectron2: "[04/05 01:30:24 d2.utils.events]:  eta: 0:03:35  iter: 19  total_loss: 1.36  ...". It counts iterations
// alone; scores come as two lines that are made to be copied.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 4> kWords{"iter: ", "MAX_ITER", "copypaste: ", "max_iter="};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    parts.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

class Detectron2Reader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    return length(line, story) || iteration(line, story) || scores(line, story);
  }

 private:
  static bool length(std::string_view line, Story& story) {
    for (const std::string_view key : {"MAX_ITER: ", "MAX_ITER=", "max_iter="}) {
      const auto at = line.find(key);
      if (at == std::string_view::npos) continue;
      if (const auto steps = leading_number(line.substr(at + key.size()))) {
        story.say_steps(static_cast<std::int64_t>(steps->value));
      }
      return true;
    }
    return false;
  }

  static bool iteration(std::string_view line, Story& story) {
    const auto pairs = pairs_in(line, ':');
    const auto iter = std::find_if(pairs.begin(), pairs.end(), [](const Pair& p) { return p.name == "iter"; });
    if (iter == pairs.end() || line.find("lr: ") == std::string_view::npos) return false;
    // The line of iteration 19 is written after it: 20 are done.
    story.at_step(static_cast<std::int64_t>(iter->value) + 1, story.position().steps);
    for (const auto& pair : pairs) {
      const bool time =
          pair.name.ends_with("time") || pair.name == "iter" || pair.name == "eta" || pair.name == "max_mem";
      if (!time) story.metric(pair.name, pair.value);
    }
    story.claim();
    return true;
  }

  /// "copypaste: Task: bbox", "copypaste: AP,AP50,...", "copypaste: 40.2,61.0,..."
  bool scores(std::string_view line, Story& story) {
    constexpr std::string_view kCopy = "copypaste: ";
    const auto at = line.find(kCopy);
    if (at == std::string_view::npos) return false;
    const auto rest = trimmed(line.substr(at + kCopy.size()));
    if (rest.starts_with("Task: ")) {
      task_ = rest.substr(6);
      return true;
    }
    const auto parts = split(rest);
    if (!number_of(parts[0])) {
      names_.assign(parts.begin(), parts.end());
      return true;
    }
    for (std::size_t i = 0; i < std::min(parts.size(), names_.size()); ++i) {
      const auto value = number_of(parts[i]);
      if (value) story.metric(task_.empty() ? names_[i] : task_ + "/" + names_[i], *value);
    }
    return true;
  }

  std::string task_;
  std::vector<std::string> names_;
};

}  // namespace

extern const LogFormat detectron2{"detectron2", kWords,
                                  []() -> std::unique_ptr<LogReader> { return std::make_unique<Detectron2Reader>(); }};

}  // namespace visionops::framework
