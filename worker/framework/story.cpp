#include "worker/framework/story.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/readable_text.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/path_order.h"

namespace visionops::framework {

namespace {

constexpr std::int64_t kMostEpochs = 10'000'000;
constexpr std::size_t kMostHeld = 512;
constexpr std::size_t kMostNames = 4096;
constexpr std::size_t kMaxEvent = 1024;
constexpr std::size_t kMostAlike = 5;
constexpr std::uint32_t kByLog = std::numeric_limits<std::uint32_t>::max();

std::int32_t epoch_of(std::int64_t epoch) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(epoch, 0, kMostEpochs));
}

std::uint64_t key_of(std::string_view name, std::int32_t epoch, std::int64_t step) {
  std::uint64_t key = std::hash<std::string_view>{}(name);
  for (const auto part : {static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(step)}) {
    key ^= part + 0x9e3779b97f4a7c15ULL + (key << 6) + (key >> 2);
  }
  return key;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

std::string without_digits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c < '0' || c > '9') out += c;
  }
  return out;
}

}  // namespace

Story::Story(std::int32_t epochs_wanted, std::int32_t resumed_from, bool has_files)
    : epochs_known_(epochs_wanted > 0), hold_(has_files), resumed_from_(resumed_from) {
  position_.epochs = epochs_wanted;
  settle();
}

void Story::begin_line(std::string_view line, TimePoint at) {
  line_ = line;
  at_ = at;
}

void Story::claim(std::string_view part) { last_word_ = part.empty() ? line_ : part; }

void Story::say_epochs(std::int64_t epochs) {
  if (epochs_known_ || epochs <= 0) return;
  position_.epochs = epoch_of(epochs);
  settle();
}

void Story::at_epoch(std::int64_t epoch, bool first) {
  if (epoch <= 0) return;
  const std::int32_t now = epoch_of(epoch);
  if (first && position_.first_epoch == 0) {
    position_.first_epoch = now;
    first_word_ = line_;
  }
  if (now != position_.epoch) {
    position_.epoch = now;
    within_done_ = 0;
    release_held(now - 2);
  }
  epoch_done(epoch - 1);
}

void Story::epoch_done(std::int64_t epoch) {
  log_done_ = std::max(log_done_, epoch_of(epoch));
  settle();
}

void Story::within_epoch(std::int64_t done, std::int64_t total) {
  if (done < 0 || total <= 0) return;
  within_done_ = std::min(done, total);
  within_total_ = total;
  progressed_ = true;
}

void Story::at_step(std::int64_t step, std::int64_t steps) {
  if (step < 0) return;
  if (position_.first_step == 0) position_.first_step = step;
  log_steps_ = true;
  position_.step = step;
  if (steps > 0) position_.steps = steps;
  know_step(step, position_.epoch);
  progressed_ = true;
}

void Story::say_steps(std::int64_t steps) { position_.steps = std::max<std::int64_t>(steps, 0); }

void Story::know_step(std::int64_t step, std::int32_t epoch) {
  if (step < 0 || epoch <= 0) return;
  const auto known = steps_of_epochs_.find(epoch);
  if (known != steps_of_epochs_.end()) {
    known->second = std::max(known->second, step);
  } else if (steps_of_epochs_.size() < kMostWaitingLines) {
    steps_of_epochs_.emplace(epoch, step);
  }
}

void Story::at_fraction(double epoch) {
  if (!std::isfinite(epoch) || epoch < 0 || epoch > static_cast<double>(kMostEpochs)) return;
  constexpr double kRounding = 1e-6;
  const double whole = std::floor(epoch + kRounding);
  const bool at_end = epoch - whole < kRounding && whole > 0;
  at_epoch(static_cast<std::int64_t>(whole) + (at_end ? 0 : 1));
  epoch_done(static_cast<std::int64_t>(whole));
  constexpr double kParts = 1000;
  within_epoch(at_end ? 1000 : std::llround((epoch - whole) * kParts), 1000);
  if (position_.steps > 0 && position_.epochs > 0) {
    at_step(std::llround(epoch * static_cast<double>(position_.steps) / position_.epochs), position_.steps);
  }
}

std::int64_t Story::step_of_point() const {
  if (position_.step > 0 && log_steps_) return position_.step;
  if (within_total_ > 0 && position_.epoch > 0) return (position_.epoch - 1) * within_total_ + within_done_;
  return position_.epoch;
}

void Story::metric(std::string_view name, double value, bool live) {
  name = name.substr(0, kMaxMetricName);
  look_at(name, value, line_, {});
  if (!std::isfinite(value)) return;
  contract::MetricPoint point{std::string(name), value, step_of_point(), position_.epoch, at_};
  if (!hold_ || live) {
    // A file will tell the same once more: then it is no news.
    if (hold_ && told_.size() < kMostPoints)
      told_.insert_or_assign(key_of(name, point.epoch, point.step), Told{value, kByLog});
    tell(std::move(point));
    return;
  }
  held_.push_back({std::move(point), position_.epoch});
  if (held_.size() > kMostHeld) release_held(held_.front().epoch);
}

void Story::watch(std::string_view name, double value) { look_at(name.substr(0, kMaxMetricName), value, line_, {}); }

void Story::look_at(std::string_view name, double value, std::string_view line, std::string_view row) {
  if (!health_.look_at(name, value, line, row)) return;
  event(std::string(name) + " is not a finite number in epoch " + std::to_string(position_.epoch));
}

void Story::say_finished() { finished_ = true; }

void Story::event(std::string_view text) {
  const std::string told = local::readable_text(trimmed(text), kMaxEvent);
  if (told.empty() || events_told_ >= kMostEvents) return;
  // The same about one picture after the other is said a few times.
  auto& alike = events_[without_digits(told)];
  if (alike.size() >= kMostAlike || !alike.insert(told).second) return;
  ++events_told_;
  contract::TelemetryLine line;
  line.event = told;
  push(std::move(line));
}

void Story::begin_file(const std::string& path, TimePoint at) {
  at_ = at;
  const auto known = std::find(files_.begin(), files_.end(), path);
  file_ = static_cast<std::uint32_t>(known - files_.begin());
  if (known == files_.end()) files_.push_back(path);
}

bool Story::is_news(const Point& point) {
  const auto key = key_of(point.name, point.epoch, point.step);
  const auto told = told_.find(key);
  if (told == told_.end()) {
    if (told_.size() >= kMostPoints) {
      event("the metric files have more points than are kept; later ones are left out");
      return false;
    }
    told_.emplace(key, Told{point.value, file_});
    return true;
  }
  auto& last = told->second;
  const bool older = last.file != kByLog && made_before(files_[file_], files_[last.file]);
  if (same(last.value, point.value) || older) return false;
  last = {point.value, file_};
  return true;
}

void Story::file_point(const Point& whole) {
  Point point = whole;
  point.name = point.name.substr(0, kMaxMetricName);
  std::erase_if(held_, [&](const Held& held) { return held.epoch <= point.epoch; });
  know_step(point.step, point.epoch);
  if (!is_news(point)) return;
  if (point.epoch > position_.epoch) {
    position_.epoch = point.epoch;
    within_done_ = 0;
    progressed_ = true;
  }
  look_at(point.name, point.value, {}, point.row);
  if (!std::isfinite(point.value)) return;
  const std::int64_t step = point.step >= 0 ? point.step : point.epoch;
  tell({std::string(point.name), point.value, step, point.epoch, at_});
}

void Story::file_began(std::int32_t epoch) {
  const auto& path = files_[file_];
  const bool newest =
      std::none_of(files_.begin(), files_.end(), [&](const auto& other) { return made_before(path, other); });
  if (files_.size() > 1 && newest && epoch > 0) position_.first_epoch = epoch;
}

void Story::file_done(std::int32_t epochs, std::int64_t step, std::int64_t steps) {
  const auto& path = files_[file_];
  if (!file_of_done_.empty() && made_before(path, file_of_done_)) return;
  file_of_done_ = path;
  file_done_ = epochs;
  file_step_ = step;
  if (!log_steps_ && steps > 0) position_.steps = steps;
  settle();
}

void Story::settle() {
  const bool from_start = position_.first_epoch > 0 && position_.first_epoch <= resumed_from_;
  const std::int32_t done = std::max({log_done_, file_done_, from_start ? 0 : resumed_from_});
  position_.done = position_.epochs > 0 ? std::min(done, position_.epochs) : done;
  if (!log_steps_ && file_step_ >= 0) position_.step = file_step_;
  progressed_ = true;
}

void Story::tell(contract::MetricPoint point) {
  if (latest_.size() < kMostNames || latest_.contains(point.name)) {
    // An epoch that is done again after a recovery may bring the same once more.
    const auto [last, fresh] = last_places_.try_emplace(point.name);
    const Place place{point.epoch, point.step};
    if (!fresh && last->second == place && latest_[point.name] == point.value) return;
    last->second = place;
    latest_[point.name] = point.value;
  }
  contract::TelemetryLine line;
  line.at = point.at;
  line.metric = std::move(point);
  push(std::move(line));
}

void Story::release_held(std::int32_t up_to_epoch) {
  while (!held_.empty() && held_.front().epoch <= up_to_epoch) {
    tell(std::move(held_.front().point));
    held_.pop_front();
  }
}

void Story::end() { release_held(std::numeric_limits<std::int32_t>::max()); }

void Story::push(contract::TelemetryLine line) {
  line.at = at_;
  waiting_.push_back(std::move(line));
  if (waiting_.size() <= kMostWaitingLines) return;
  waiting_.pop_front();
  ++dropped_;
}

std::vector<contract::TelemetryLine> Story::take_lines() {
  if (dropped_ > 0) event(std::to_string(dropped_) + " values were left out: they came too fast");
  dropped_ = 0;
  std::vector<contract::TelemetryLine> lines(std::make_move_iterator(waiting_.begin()),
                                             std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  if (!progressed_ || position_.epoch + position_.done == 0) return lines;
  progressed_ = false;
  lines.push_back(progress_line());
  return lines;
}

contract::TelemetryLine Story::progress_line() const {
  const std::int32_t epoch = std::max(position_.epoch, position_.done);
  contract::TelemetryLine line;
  line.at = at_;
  line.progress = contract::Progress{std::string(enum_name(contract::Stage::Training)), 0, 0, epoch, position_.epochs};
  if (position_.done >= epoch) {
    line.progress->done = line.progress->total = std::max<std::int64_t>(within_total_, 1);
  } else {
    line.progress->done = within_done_;
    line.progress->total = within_total_;
  }
  return line;
}

std::int32_t Story::epoch_of_step(std::int64_t step) const {
  for (const auto& [epoch, last] : steps_of_epochs_) {
    if (last >= step) return epoch;
  }
  return steps_of_epochs_.empty() ? 0 : steps_of_epochs_.rbegin()->first;
}

bool Story::all_done() const {
  if (position_.epochs > 0 && position_.done >= position_.epochs) return true;
  return position_.steps > 0 && position_.step >= position_.steps;
}

bool Story::in_last_epoch_without_parts() const {
  return position_.epochs > 0 && position_.epoch >= position_.epochs && within_total_ == 0 && !log_steps_;
}

}  // namespace visionops::framework
