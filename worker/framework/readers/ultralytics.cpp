// Ultralytics and YOLOv5: a table of running means for each epoch under a header that names them, and one row of scores
// after it. After training the best model is validated once more: that table belongs to no epoch.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 13> kWords{
    "GPU_mem",  "%|",    "\u2501", "\u2500",   " all ",         "epochs completed", "Starting training for",
    "Resuming", "mAP50", "mAP@",   "top1_acc", "EarlyStopping", "Validating "};

std::string column_name(std::string_view header, std::string_view& group) {
  if (const auto open = header.find('('); open != std::string_view::npos) {
    group = header.substr(0, open);
    header.remove_prefix(open + 1);
  }
  const bool last = header.ends_with(')') || header.ends_with("):") || header.ends_with(':');
  while (header.ends_with(':') || header.ends_with(')')) header.remove_suffix(1);
  std::string name(header);
  if (!group.empty() && group != "Box") name += "(" + std::string(group.substr(0, 1)) + ")";
  if (last) group = {};
  return name;
}

bool is_count(std::string_view column) {
  return column == "Instances" || column == "Size" || column == "labels" || column == "img_size" ||
         column == "targets" || column == "Images" || column == "Labels" || column == "Class" || column == "classes";
}

class UltralyticsReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    const auto words = words_of(line);
    if (words.empty()) return false;
    return header(words, story) || progress(words, story) || scores_header(words, story) || scores(words, story) ||
           sentence(line, words, story);
  }

 private:
  bool header(const std::vector<std::string_view>& words, Story& story) {
    if (words.size() < 3 || words[0] != "Epoch" || (words[1] != "GPU_mem" && words[1] != "gpu_mem")) return false;
    losses_.clear();
    from_zero_ = from_zero_ || std::any_of(words.begin(), words.end(), [](auto w) { return w.starts_with("obj"); });
    for (std::size_t i = 2; i < words.size(); ++i) losses_.emplace_back(words[i]);
    after_training_ = false;
    story.claim();
    return true;
  }

  /// "2/20  3.09G  3.413  4.199  3.863  13  640: 100% ... 588/588 3.6it/s 2:45"
  bool progress(const std::vector<std::string_view>& words, Story& story) {
    if (words.size() < 4 || words[1].empty()) return false;
    const auto epoch = fraction_of(words[0]);
    const char unit = words[1].back();
    if (!epoch || (unit != 'G' && unit != 'M' && unit != 'K' && unit != 'B')) return false;
    std::size_t size = 2;
    while (size < words.size() && !words[size].ends_with(':')) ++size;
    if (size == words.size()) return false;
    from_zero_ = from_zero_ || epoch->first == 0;
    const std::int64_t shift = from_zero_ ? 1 : 0;
    story.say_epochs(epoch->second + shift);
    story.at_epoch(epoch->first + shift);
    values(words, size, parts(words, size, story), story);
    story.claim();
    return true;
  }

  /// Whether the bar is full.
  bool parts(const std::vector<std::string_view>& words, std::size_t size, Story& story) const {
    for (std::size_t i = size + 1; i < words.size(); ++i) {
      const auto bar = words[i].rfind('|');
      const auto done = fraction_of(words[i].substr(bar == std::string_view::npos ? 0 : bar + 1));
      if (!done || done->second <= 0) continue;
      story.within_epoch(done->first, done->second);
      return done->first >= done->second;
    }
    return false;
  }

  void values(const std::vector<std::string_view>& words, std::size_t size, bool whole, Story& story) const {
    if (losses_.size() + 1 < size - 1) return;  // of another header than the one that was seen
    for (std::size_t i = 2; i < size && i - 2 < losses_.size(); ++i) {
      const auto value = number_of(words[i]);
      if (!value || is_count(losses_[i - 2])) continue;
      if (whole) {
        story.metric(losses_[i - 2], *value);
      } else {
        story.watch(losses_[i - 2], *value);
      }
    }
  }

  bool scores_header(const std::vector<std::string_view>& words, Story& story) {
    const bool boxes = words.size() > 4 && words[0] == "Class" && words[1] == "Images";
    const bool classes = words.size() > 2 && words[0] == "classes" && words[1].starts_with("top");
    if (!boxes && !classes) return false;
    scores_.clear();
    std::string_view group;
    for (std::size_t i = boxes ? 3 : 1; i < words.size(); ++i) {
      if (words[i].find_first_of("%|") != std::string_view::npos || words[i] == "100%") break;
      scores_.push_back(column_name(words[i], group));
      if (words[i].ends_with(':')) break;
    }
    story.claim();
    return true;
  }

  bool scores(const std::vector<std::string_view>& words, Story& story) const {
    if (words[0] != "all" || scores_.empty() || words.size() < 1 + scores_.size()) return false;
    const std::size_t first = words.size() - scores_.size();
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const auto value = number_of(words[first + i]);
      if (!value) return false;
      if (!after_training_) story.metric(scores_[i], *value);
    }
    story.claim();
    return true;
  }

  bool sentence(std::string_view line, const std::vector<std::string_view>& words, Story& story) {
    if (line.find("epochs completed in") != std::string_view::npos) {
      after_training_ = true;
      story.epoch_done(story.position().epoch);
      story.say_finished();
    } else if (line.find("Validating ") != std::string_view::npos) {
      after_training_ = true;
    } else if (const auto at = line.find("Starting training for "); at != std::string_view::npos) {
      const auto rest = words_of(line.substr(at + 22));
      if (const auto epochs = rest.empty() ? std::nullopt : whole_number_of(rest[0])) story.say_epochs(*epochs);
    } else if (line.find("EarlyStopping") != std::string_view::npos || words[0] == "Resuming") {
      story.event(line);
    } else {
      return false;
    }
    story.claim();
    return true;
  }

  std::vector<std::string> losses_;
  std::vector<std::string> scores_;
  bool after_training_ = false;
  bool from_zero_ = false;  ///< YOLOv5 and its kin count from 0 to the last one; they have a loss of objectness
};

}  // namespace

extern const LogFormat ultralytics{
    "ultralytics", kWords, []() -> std::unique_ptr<LogReader> { return std::make_unique<UltralyticsReader>(); }};

}  // namespace visionops::framework
