#include "operator/present/live_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

constexpr std::size_t kGap = 2;
/// Fewer columns than this tell nothing of a message.
constexpr std::size_t kLeastMessage = 24;
constexpr std::size_t kLeastName = 16;

std::string facts(const api::Dataset& d) {
  if (!api::is_true(d.status.conditions, api::condition::kReady)) return "";
  return std::to_string(d.status.images) + " images, " + std::to_string(d.status.annotations) + " objects, " +
         std::to_string(d.status.classes) + " classes, " + d.status.size;
}

std::string facts(const api::Pipeline& p) {
  if (p.status.phase == api::Phase::Running && p.status.stage != api::PipelineStage::None) {
    // Quarters: enough to see that it moves, few enough for a log.
    return std::string(enum_name(p.status.stage)) + " " + std::to_string(p.status.progress_percent / 25 * 25) + "%";
  }
  if (p.status.phase != api::Phase::Succeeded) return "";
  std::string text = std::to_string(p.status.images_in) + " images in, " + std::to_string(p.status.images_out) + " out";
  if (p.status.resolved && p.status.resolved->output) text += " -> " + p.status.resolved->output->dataset;
  return text;
}

std::string facts(const api::TrainingJob& t) {
  std::string text;
  if (t.status.epochs > 0 && t.status.epoch > 0)
    text = "epoch " + std::to_string(t.status.epoch) + "/" + std::to_string(t.status.epochs);
  if (!t.status.best_summary.empty()) text += (text.empty() ? "" : "  ") + ("best " + t.status.best_summary);
  return text;
}

template <class T>
std::string facts(const T&) {
  return "";
}

/// The condition that tells most: what stopped it, what it waits for, or how it stands.
std::string reason_of(const std::vector<api::Condition>& conditions) {
  namespace type = api::condition;
  for (const auto decisive : {type::kStalled, type::kFailed, type::kSuspended}) {
    if (api::is_true(conditions, decisive)) return api::find_condition(conditions, decisive)->reason;
  }
  const auto* inputs = api::find_condition(conditions, type::kInputsReady);
  if (inputs != nullptr && inputs->status == api::ConditionStatus::False) return inputs->reason;
  const auto* ready = api::find_condition(conditions, type::kReady);
  return ready != nullptr ? ready->reason : "";
}

template <class T>
void fill(const T& object, TimePoint now, LiveRow& row) {
  row.resource = "/" + object.meta.name;
  if (object.meta.creation_timestamp != TimePoint{}) row.age = format_age(now - object.meta.creation_timestamp);
  if constexpr (api::Resource<T>) {
    row.phase = enum_name(object.status.phase);
    row.reason = reason_of(object.status.conditions);
    row.message = facts(object);
    if (row.message.empty()) row.message = object.status.message;
  }
}

Colour colour_of(const LiveRow& row) {
  switch (row.rest) {
    case Rest::Done:
      return row.phase == "Suspended" ? Colour::Dim : Colour::Green;
    case Rest::Failed:
      return Colour::Red;
    case Rest::Waiting:
      return Colour::Yellow;
    case Rest::Moving:
      break;
  }
  return row.phase == "Running" ? Colour::Cyan : Colour::Yellow;
}

struct Widths {
  std::size_t resource = 0, phase = 0, reason = 0, age = 0;
  std::size_t message = 0;  ///< 0: on a line of its own
};

std::size_t with_gap(std::size_t width) { return width == 0 ? 0 : width + kGap; }

Widths fit(const std::vector<LiveRow>& rows, std::size_t columns) {
  Widths w{8, 5, 6, 3, 0};  // of the heads
  for (const auto& row : rows) {
    w.resource = std::max(w.resource, display_width(row.resource));
    w.phase = std::max(w.phase, display_width(row.phase));
    w.reason = std::max(w.reason, display_width(row.reason));
    w.age = std::max(w.age, display_width(row.age));
  }
  const auto before = [&] { return with_gap(w.resource) + with_gap(w.phase) + with_gap(w.reason) + with_gap(w.age); };
  if (before() + kLeastMessage > columns) w.age = 0;
  const auto shrink = [&](std::size_t& width, std::size_t least, std::size_t wanted) {
    if (before() + wanted <= columns) return;
    const std::size_t over = before() + wanted - columns;
    width = width > least + over ? width - over : std::min(width, least);
  };
  // Half of the name is worth more than the beginning of a message.
  shrink(w.resource, std::max(kLeastName, w.resource * 2 / 3), kLeastMessage);
  if (before() + kLeastMessage <= columns) {
    w.message = columns - before();
    return w;
  }
  shrink(w.resource, kLeastName, 0);
  shrink(w.reason, 0, 0);
  shrink(w.resource, 4, 0);
  return w;
}

std::string line_of(const LiveRow& row, const Widths& w, std::size_t columns, Colour colour) {
  std::string line = padded(cut_middle(row.resource, w.resource), w.resource + kGap);
  const std::string phase = padded(row.phase, w.phase + kGap);
  std::string behind;
  if (w.reason > 0) behind += padded(cut_to_width(row.reason, w.reason), w.reason + kGap);
  if (w.age > 0) behind += padded(row.age, w.age + kGap);
  if (w.message > 0) behind += row.message;
  const std::size_t left = columns - std::min(columns, display_width(line) + display_width(phase));
  line += coloured(phase, colour) + cut_to_width(behind, left);
  line.erase(line.find_last_not_of(' ') + 1);
  return colour == Colour::None ? cut_to_width(line, columns) : line;
}

struct Block {
  std::vector<std::string> lines;
  Rest rest;
  bool shown = true;
};

constexpr std::size_t kMessageLines = 3;

/// Broken between words; what does not fit into the last line is cut there.
std::vector<std::string> wrapped(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string_view rest = text;
  while (lines.size() + 1 < kMessageLines && display_width(rest) > columns) {
    std::size_t fits = 0;
    for (auto blank = rest.find(' '); blank != std::string_view::npos; blank = rest.find(' ', blank + 1)) {
      if (display_width(rest.substr(0, blank)) > columns) break;
      fits = blank;
    }
    if (fits == 0) break;
    lines.emplace_back(rest.substr(0, fits));
    rest.remove_prefix(fits + 1);
  }
  lines.push_back(cut_to_width(std::string(rest), columns));
  return lines;
}

std::size_t lines_in(const std::vector<Block>& blocks) {
  std::size_t count = 0;
  for (const auto& block : blocks) count += block.shown ? block.lines.size() : 0;
  return count;
}

/// Hides from the end what tells least until the rest fits.
void hide_down_to(std::vector<Block>& blocks, std::size_t most) {
  for (auto& block : blocks) {
    if (block.lines.size() > 2 && lines_in(blocks) > most) block.lines.resize(2);
  }
  for (auto& block : blocks) {
    if (block.rest == Rest::Moving && lines_in(blocks) > most) block.lines.resize(1);
  }
  for (const Rest rest : {Rest::Done, Rest::Moving, Rest::Waiting, Rest::Failed}) {
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
      if (lines_in(blocks) <= most) return;
      if (block->rest == rest) block->shown = false;
    }
  }
}

std::string hidden_words(const std::vector<Block>& blocks) {
  constexpr std::array<std::pair<Rest, const char*>, 4> kWords{
      {{Rest::Failed, "failed"}, {Rest::Waiting, "waiting"}, {Rest::Moving, "moving"}, {Rest::Done, "done"}}};
  std::string words;
  for (const auto& [rest, word] : kWords) {
    const auto hidden = std::ranges::count_if(blocks, [r = rest](const Block& b) { return !b.shown && b.rest == r; });
    if (hidden > 0) words += (words.empty() ? "and " : ", ") + std::to_string(hidden) + " " + word;
  }
  return words;
}

/// Why something does not move is told to its end where there is room; how it moves is worth a line.
void add_message(Block& block, const std::string& message, std::size_t columns) {
  constexpr std::size_t kIndent = 2;
  const std::size_t width = columns > kIndent ? columns - kIndent : 1;
  auto lines = wrapped(message, width);
  if (block.rest == Rest::Moving) lines = {cut_to_width(message, width)};
  for (const auto& line : lines) block.lines.push_back(cut_to_width(std::string(kIndent, ' ') + line, columns));
}

LiveRow safe(LiveRow row) {
  for (auto* text : {&row.resource, &row.phase, &row.reason, &row.age, &row.message}) *text = single_line(*text);
  return row;
}

}  // namespace

std::string facts_of(const cluster::Object& object) {
  return std::visit([](const auto& o) { return facts(o); }, object);
}

LiveRow live_row(const cluster::Object& object, TimePoint now) {
  LiveRow row;
  std::visit([&](const auto& o) { fill(o, now, row); }, object);
  row.resource = lower(kind_name(cluster::kind_of(object))) + row.resource;
  auto settlement = settlement_of(object);
  row.rest = settlement.rest;
  const bool stuck = row.rest == Rest::Waiting || row.rest == Rest::Failed;
  row.phase = phase_word(row.phase, row.rest);
  if (stuck && !settlement.why.empty()) row.message = std::move(settlement.why);
  return row;
}

std::vector<std::string> live_lines(const std::vector<LiveRow>& rows, TerminalSize size, bool colours) {
  std::vector<LiveRow> all;
  for (const auto& row : rows) all.push_back(safe(row));
  const Widths w = fit(all, size.columns);
  const LiveRow head{"RESOURCE", "PHASE", "REASON", "AGE", "MESSAGE", Rest::Done};
  std::vector<Block> blocks;
  for (auto& row : all) {
    // Why something does not move is worth a line.
    const bool stuck = row.rest == Rest::Failed || row.rest == Rest::Waiting;
    const bool cut = stuck && display_width(row.message) > w.message;
    const bool own_line = (cut || (w.message == 0 && row.rest != Rest::Done)) && !row.message.empty();
    const std::string message = own_line ? std::exchange(row.message, "") : "";
    Block block{{line_of(row, w, size.columns, colours ? colour_of(row) : Colour::None)}, row.rest};
    if (own_line) add_message(block, message, size.columns);
    blocks.push_back(std::move(block));
  }
  const std::size_t most = size.rows > 3 ? size.rows - 2 : 1;  // less the head and the line of the cursor
  if (lines_in(blocks) > most) hide_down_to(blocks, std::max<std::size_t>(most, 2) - 1);
  std::vector<std::string> lines{line_of(head, w, size.columns, Colour::None)};
  for (const auto& block : blocks) {
    if (block.shown) lines.insert(lines.end(), block.lines.begin(), block.lines.end());
  }
  if (const auto hidden = hidden_words(blocks); !hidden.empty())
    lines.push_back(cut_to_width("… " + hidden, size.columns));
  return lines;
}

}  // namespace visionops::commands
