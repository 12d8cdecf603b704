#include "operator/present/live_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "operator/present/columns.h"
#include "operator/present/settlement.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

using cluster::Kind;

std::size_t terminal_width(std::FILE* out) {
  winsize size{};
  return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 120;
}

std::string milestone(const api::Dataset& d) {
  std::string text(enum_name(d.status.phase));
  if (api::is_true(d.status.conditions, api::condition::kReady)) {
    return text + "  " + std::to_string(d.status.images) + " images, " + std::to_string(d.status.annotations) +
           " objects, " + std::to_string(d.status.classes) + " classes, " + d.status.size;
  }
  return text;
}

std::string milestone(const api::Pipeline& p) {
  std::string text(enum_name(p.status.phase));
  if (p.status.phase == api::Phase::Running && p.status.stage != api::PipelineStage::None) {
    // Quarters: enough to see that it moves, few enough for a log.
    text +=
        "  " + std::string(enum_name(p.status.stage)) + " " + std::to_string(p.status.progress_percent / 25 * 25) + "%";
  }
  if (p.status.phase == api::Phase::Succeeded) {
    text += "  " + std::to_string(p.status.images_in) + " images in, " + std::to_string(p.status.images_out) + " out";
    if (p.status.resolved && p.status.resolved->output) text += " -> " + p.status.resolved->output->dataset;
  }
  return text;
}

std::string milestone(const api::TrainingJob& t) {
  std::string text(enum_name(t.status.phase));
  if (t.status.epochs > 0 && t.status.epoch > 0)
    text += "  epoch " + std::to_string(t.status.epoch) + "/" + std::to_string(t.status.epochs);
  if (!t.status.best_summary.empty()) text += "  best " + t.status.best_summary;
  return text;
}

template <class T>
std::string milestone(const T& object) {
  if constexpr (api::Resource<T>) return std::string(enum_name(object.status.phase));
  return "";
}

}  // namespace

std::string milestone_of(const cluster::Object& object) {
  std::string text = std::visit([](const auto& o) { return milestone(o); }, object);
  const Settlement settlement = settlement_of(object);
  if ((settlement.rest == Rest::Waiting || settlement.rest == Rest::Failed) && !settlement.why.empty())
    text += "  " + settlement.why;
  return text;
}

LiveTable::LiveTable(std::FILE* out) : out_(out), terminal_(isatty(fileno(out)) == 1) {}

void LiveTable::show(const std::vector<cluster::Object>& objects, TimePoint now) {
  if (!terminal_) {
    for (const auto& object : objects) {
      const auto key = cluster::key_of(object);
      const auto text = milestone_of(object);
      auto& last = milestones_[key];
      if (text == last) continue;
      last = text;
      say(format_time(now).substr(11, 8) + "  " + std::string(kind_name(key.kind)) + "/" + key.name + "  " + text);
    }
    return;
  }
  std::vector<std::string> lines;
  for (const Kind kind : cluster::kOurKinds) {
    std::vector<TableRow> rows;
    for (const auto& object : objects) {
      if (cluster::kind_of(object) == kind) rows.push_back(row_of(object, now, false));
    }
    if (rows.empty()) continue;
    if (!lines.empty()) lines.emplace_back();
    for (auto& line : format_table(header_of(kind, false), rows, terminal_width(out_)))
      lines.push_back(std::move(line));
  }
  if (lines != drawn_) redraw(lines);
}

void LiveTable::say(const std::string& line) {
  erase();
  std::fprintf(out_, "%s\n", line.c_str());
  std::fflush(out_);
  if (!drawn_.empty()) {
    const auto lines = std::move(drawn_);
    drawn_.clear();
    redraw(lines);
  }
}

void LiveTable::finish() {
  drawn_.clear();
  std::fflush(out_);
}

void LiveTable::erase() {
  if (terminal_ && !drawn_.empty()) std::fprintf(out_, "\x1b[%zuA\x1b[J", drawn_.size());
}

void LiveTable::redraw(const std::vector<std::string>& lines) {
  erase();
  for (const auto& line : lines) std::fprintf(out_, "%s\n", line.c_str());
  std::fflush(out_);
  drawn_ = lines;
}

}  // namespace visionops::commands
