#include "worker/framework/failures/tracebacks.h"

#include <algorithm>

#include "worker/framework/lines/plain_line.h"
#include "worker/framework/metric_health.h"

namespace visionops::framework {

namespace {

constexpr std::string_view kBegin = "Traceback (most recent call last):";
constexpr int kMessageLines = 12;
constexpr int kMostFrames = 4000;
constexpr int kMostRanks = 64;
constexpr int kMostDumped = 16;

constexpr std::array<std::string_view, 6> kWords{kBegin,
                                                 "Exception ignored in",
                                                 "Exception in thread",
                                                 "(most recent call first)",
                                                 "During handling of the above exception",
                                                 "was the direct cause of the following"};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <class Parts>
bool has_any(std::string_view text, const Parts& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return has(text, part); });
}

/// The path of `  File "...", line 3, in name` below the folder of installed packages, or its last two names.
std::string_view module_of(std::string_view frame) {
  const auto open = frame.find('"');
  const auto close = frame.find('"', open + 1);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  auto path = frame.substr(open + 1, close - open - 1);
  const auto packages = path.rfind("-packages/");
  if (packages != std::string_view::npos) return path.substr(packages + 10);
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool reads_data(std::string_view frame) {
  static constexpr std::array<std::string_view, 16> kModules{"PIL/",
                                                             "cv2/",
                                                             "pycocotools/",
                                                             "torchvision/datasets",
                                                             "torchvision/io",
                                                             "timm/data",
                                                             "ultralytics/data",
                                                             "datasets/",
                                                             "mmdet/datasets",
                                                             "mmseg/datasets",
                                                             "mmcv/image",
                                                             "detectron2/data",
                                                             "torch/utils/data/_utils/fetch",
                                                             "torch/utils/data/_utils/worker",
                                                             "torch/utils/data/_utils/collate",
                                                             "imageio/"};
  static constexpr std::array<std::string_view, 6> kFunctions{"in __getitem__",  "in find_classes",
                                                              "in make_dataset", "in load_annotations",
                                                              "in load_image",   "in load_data_list"};
  const auto module = module_of(frame);
  return has_any(module, kModules) || module.starts_with("dataset") || has_any(frame, kFunctions);
}

bool loads_checkpoint(std::string_view frame) {
  static constexpr std::array<std::string_view, 9> kParts{
      "torch/serialization.py", "in load_state_dict",  "in load_checkpoint", "_load_from_checkpoint", "in resume",
      "safetensors/torch.py\"", "in _load_checkpoint", "in restore",         "in load_file"};
  return has_any(frame, kParts) && !has(frame, "in save");
}

/// Whether a name is that of a class of exceptions, as they are called: another process may write between the frames.
bool names_exception(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kEndings{"Error",   "Exception", "Interrupt", "Exit",       "error",
                                                             "timeout", "Timeout",   "Iteration", "BadZipFile", "Empty",
                                                             "Full",    "Failure",   "NotFound",  "Abort"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view end) { return name.ends_with(end); });
}

/// "Type: message", "module.Type": a line that begins with the name of a class.
bool is_exception(std::string_view text) {
  const auto name = text.substr(0, text.find_first_of(": "));
  return !name.empty() && names_exception(name) && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

bool without_message(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && trimmed(text.substr(colon + 1)).empty();
}

}  // namespace

std::span<const std::string_view> Tracebacks::words() { return kWords; }

void Tracebacks::take(std::string_view whole, std::string_view text, int rank, std::int64_t order) {
  if (begins(text, rank)) return;
  dump(text);
  const auto at = open_.find(rank);
  if (at == open_.end()) return;
  auto& open = at->second;
  if (open.part == Part::Message) {
    if (!message(open, whole, text)) close(rank);
    return;
  }
  if (trimmed(text).empty()) return;
  if (!is_exception(text)) return frame(open, text);
  open.raised.line = evidence_of(whole);
  open.raised.text = evidence_of(text);
  open.raised.order = order;
  open.part = Part::Message;
  open.lines = 0;
}

bool Tracebacks::begins(std::string_view text, int rank) {
  if (has(text, "Exception ignored in") || has(text, "Exception in thread")) {
    aside_ = true;
    return false;
  }
  const bool chain =
      has(text, "During handling of the above exc") || has(text, "was the direct cause of the following");
  if (chain) chained_ = true;
  const auto begin = text.find(kBegin);
  if (begin == std::string_view::npos) return chain;
  // "Loading data[rank1]: Traceback ...": another's line without an end stands before it.
  const auto bracket = text.substr(0, begin).rfind('[');
  if (rank < 0 && bracket != std::string_view::npos) rank = without_rank(text.substr(bracket)).rank;
  const bool within = open_.contains(rank) && has(text, "Original Traceback");
  close(rank);
  if (open_.size() >= kMostRanks) return true;
  Open open;
  open.raised.rank = rank;
  open.raised.aside = aside_;
  open.raised.chained = chained_ || within;
  open.raised.in_data = within;  // a loading process had it
  open_.emplace(rank, std::move(open));
  aside_ = chained_ = false;
  return true;
}

void Tracebacks::frame(Open& open, std::string_view text) {
  if (++open.lines > kMostFrames) {
    close(open.raised.rank);
    return;
  }
  if (!has(text, "File \"")) return;
  open.raised.in_data = open.raised.in_data || reads_data(text);
  open.raised.in_loading = open.raised.in_loading || loads_checkpoint(text);
  open.raised.in_shared = open.raised.in_shared || has(text, "multiprocessing/synchronize.py");
}

bool Tracebacks::message(Open& open, std::string_view whole, std::string_view text) {
  if (++open.lines > kMessageLines) return false;
  if (trimmed(text).empty()) return true;
  if (open.raised.message.empty() && without_message(open.raised.text)) {
    open.raised.line = evidence_of(whole);
    open.raised.message.push_back(open.raised.text);
    open.raised.text = evidence_of(text);
  } else {
    open.raised.message.push_back(evidence_of(text));
  }
  return true;
}

/// "Current thread 0x00007f (most recent call first):" and its frames.
void Tracebacks::dump(std::string_view text) {
  if (has(text, "(most recent call first)")) {
    // The thread that took the signal is told last, and counts more than the others.
    const bool current = has(text, "Current thread");
    if (current) {
      waiting_frame_.clear();
      innermost_frame_.clear();
    }
    dumped_ = current || waiting_frame_.empty() ? kMostDumped : 0;
    return;
  }
  if (dumped_ <= 0) return;
  --dumped_;
  const auto frame = trimmed(text);
  if (!frame.starts_with("File \"")) {
    dumped_ = 0;
    return;
  }
  static constexpr std::array<std::string_view, 9> kWaits{
      "in _try_get_data", "in poll", "in wait", "in get", "in select", "in acquire", "in _recv", "in join", "in recv"};
  if (innermost_frame_.empty()) innermost_frame_ = evidence_of(frame);
  if (has_any(frame, kWaits)) waiting_frame_ = evidence_of(frame);
}

void Tracebacks::close(int rank) {
  const auto at = open_.find(rank);
  if (at == open_.end()) return;
  auto raised = std::move(at->second.raised);
  open_.erase(at);
  if (raised.line.empty()) return;
  raised_.push_back(std::move(raised));
  if (raised_.size() > kMostExceptions) raised_.pop_front();
}

void Tracebacks::end() {
  while (!open_.empty()) close(open_.begin()->first);
}

}  // namespace visionops::framework
