#include "operator/present/live_table.h"

#include <algorithm>

#include "operator/present/live_rows.h"
#include "operator/present/settlement.h"
#include "operator/present/terminal.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

std::string phase_of(const cluster::Object& object) {
  return std::visit(
      []<class T>(const T& typed) -> std::string {
        if constexpr (api::Resource<T>) return std::string(enum_name(typed.status.phase));
        return "";
      },
      object);
}

}  // namespace

std::string milestone_of(const cluster::Object& object) {
  const Settlement settlement = settlement_of(object);
  std::string text = phase_word(phase_of(object), settlement.rest);
  if (const auto facts = facts_of(object); !facts.empty()) text += "  " + facts;
  if ((settlement.rest == Rest::Waiting || settlement.rest == Rest::Failed) && !settlement.why.empty())
    text += "  " + settlement.why;
  return text;
}

LiveTable::LiveTable(std::FILE* out) : out_(out), terminal_(is_terminal(out)), colours_(wants_colours(out)) {}

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
  std::vector<LiveRow> rows;
  for (const auto& object : objects) rows.push_back(live_row(object, now));
  if (rows.empty()) return;
  const auto lines = live_lines(rows, terminal_size(out_), colours_);
  if (lines != drawn_) redraw(lines);
}

void LiveTable::say(const std::string& line) {
  erase();
  write(single_line(line) + "\n");
  if (!drawn_.empty()) {
    const auto lines = std::move(drawn_);
    drawn_.clear();
    redraw(lines);
  }
  std::fflush(out_);
}

void LiveTable::finish() {
  drawn_.clear();
  std::fflush(out_);
}

/// A window that became narrower has broken the lines that were drawn before.
void LiveTable::erase() {
  if (!terminal_ || drawn_.empty()) return;
  const auto size = terminal_size(out_);
  std::size_t rows = 0;
  for (const auto& line : drawn_)
    rows += std::max<std::size_t>(1, (display_width(line) + size.columns - 1) / size.columns);
  rows = std::min(rows, size.rows - 1);
  write("\x1b[" + std::to_string(rows) + "A\r\x1b[J");
}

void LiveTable::redraw(const std::vector<std::string>& lines) {
  erase();
  for (const auto& line : lines) write(line + "\n");
  std::fflush(out_);
  drawn_ = lines;
}

void LiveTable::write(const std::string& text) { std::fwrite(text.data(), 1, text.size(), out_); }

}  // namespace visionops::commands
