// Tables with a header: results.csv (Ultralytics, one row an epoch), summary.csv (timm; after a resume a second header
// stands in the middle), metrics.csv (Lightning; sparse, and rewritten when a column comes later).
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "worker/framework/files/file_format.h"
#include "worker/framework/files/seen_prefix.h"
#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

constexpr std::size_t kMostColumns = 1024;

std::vector<std::string_view> cells_of(std::string_view row) {
  std::vector<std::string_view> cells;
  for (std::size_t at = 0; at <= row.size() && cells.size() < kMostColumns;) {
    const auto end = std::min(row.find(',', at), row.size());
    auto cell = trimmed(row.substr(at, end - at));
    if (cell.size() > 1 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    cells.push_back(cell);
    at = end + 1;
  }
  return cells;
}

bool is_step(std::string_view name) {
  return name == "step" || name == "iter" || name == "iteration" || name == "global_step";
}

class CsvReader final : public FileReader {
 public:
  explicit CsvReader(std::int32_t first_epoch) : shift_(1 - first_epoch) {}

  void read(std::string_view text, bool whole, Story& story) override {
    std::size_t at = seen_.unread(text);
    if (at == 0) restart();
    while (at < text.size()) {
      const auto end = text.find('\n', at);
      if (end == std::string_view::npos && !whole) break;
      const auto row = trimmed(text.substr(at, std::min(end, text.size()) - at));
      if (!row.empty()) line(row, story);
      at = std::min(end, text.size() - 1) + 1;
    }
    seen_.take(text.substr(0, at));
    story.file_done(done(), step_);
  }

 private:
  void restart() {
    header_.clear();
    newest_ = 0;
    step_ = -1;
    by_step_ = false;
  }

  void line(std::string_view row, Story& story) {
    const auto cells = cells_of(row);
    const bool names = std::none_of(cells.begin(), cells.end(), [](auto cell) { return number_of(cell).has_value(); });
    if (names) {
      header_.assign(cells.begin(), cells.end());
      by_step_ = std::any_of(header_.begin(), header_.end(), is_step);
      return;
    }
    if (cells.size() == header_.size()) points(cells, row, story);
  }

  void points(const std::vector<std::string_view>& cells, std::string_view row, Story& story) {
    Story::Point point;
    point.row = row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto value = number_of(cells[i]);
      if (!value || !(*value >= 0 && *value < 1e15)) continue;
      if (header_[i] == "epoch") point.epoch = static_cast<std::int32_t>(std::min(*value, 1e9)) + shift_;
      if (is_step(header_[i])) point.step = static_cast<std::int64_t>(*value);
    }
    if (newest_ == 0) story.file_began(point.epoch);
    newest_ = std::max(newest_, point.epoch);
    step_ = std::max(step_, point.step);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto value = number_of(cells[i]);
      if (!value || header_[i] == "epoch" || is_step(header_[i])) continue;
      point.name = header_[i];
      point.value = *value;
      story.file_point(point);
    }
  }

  /// A row an epoch is written at its end; rows of steps prove only that the epochs before theirs are over.
  [[nodiscard]] std::int32_t done() const { return by_step_ ? std::max(newest_ - 1, 0) : newest_; }

  std::int32_t shift_;
  SeenPrefix seen_;
  std::vector<std::string> header_;
  std::int32_t newest_ = 0;
  std::int64_t step_ = -1;
  bool by_step_ = false;
};

}  // namespace

extern const FileFormat csv{"CSV", [](std::int32_t first_epoch) -> std::unique_ptr<FileReader> {
                              return std::make_unique<CsvReader>(first_epoch);
                            }};

}  // namespace visionops::framework
