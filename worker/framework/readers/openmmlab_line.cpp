#include "worker/framework/readers/openmmlab_line.h"

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

/// The inside of "[...]" at the beginning of the text (blanks aside), which is taken off.
std::optional<std::string_view> take_brackets(std::string_view& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos || text[begin] != '[') return std::nullopt;
  const auto end = text.find(']', begin);
  if (end == std::string_view::npos) return std::nullopt;
  const auto inside = text.substr(begin + 1, end - begin - 1);
  text.remove_prefix(end + 1);
  return inside;
}

/// Takes "Epoch", "Epoch(train)", "Iter(val)" off; false: another line.
bool take_mode(std::string_view& text, OpenMmlabLine& line) {
  const auto epoch = text.find(" Epoch");
  const auto iter = text.find(" Iter");
  if (epoch == std::string_view::npos && iter == std::string_view::npos) return false;
  line.by_epoch = epoch < iter;
  text.remove_prefix(line.by_epoch ? epoch + 6 : iter + 5);
  if (text.starts_with("(val)") || text.starts_with("(test)")) line.validation = true;
  const auto mode = text.starts_with('(') ? text.find(')') : std::string_view::npos;
  if (mode != std::string_view::npos) text.remove_prefix(mode + 1);
  return true;
}

bool is_time(std::string_view name) {
  return name == "time" || name == "data_time" || name == "memory" || name == "eta";
}

std::optional<std::int64_t> number_behind(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string_view::npos || (at > 0 && line[at - 1] == '_')) return std::nullopt;
  const auto number = leading_number(trimmed(line.substr(at + key.size())));
  return number ? std::optional(static_cast<std::int64_t>(number->value)) : std::nullopt;
}

bool tell_checkpoint(std::string_view line, Story& story) {
  const auto number = number_behind(line, "Saving checkpoint at ");
  if (!number) return false;
  if (line.find(" epochs") != std::string_view::npos) story.epoch_done(*number);
  if (line.find(" iterations") != std::string_view::npos) story.at_step(*number, story.position().steps);
  story.claim();
  return true;
}

bool tell_length(std::string_view line, Story& story) {
  for (const std::string_view key : {"max_epochs=", "max_epochs = "}) {
    if (const auto epochs = number_behind(line, key)) return story.say_epochs(*epochs), true;
  }
  for (const std::string_view key : {"max_iters=", "max_iters = "}) {
    if (const auto steps = number_behind(line, key)) return story.say_steps(*steps), true;
  }
  const auto number = number_behind(line, "max: ");
  if (!number) return false;
  if (line.find(" epochs") != std::string_view::npos) story.say_epochs(*number);
  if (line.find(" iters") != std::string_view::npos) story.say_steps(*number);
  return true;
}

}  // namespace

std::optional<OpenMmlabLine> openmmlab_line(std::string_view text) {
  OpenMmlabLine line;
  if (!take_mode(text, line)) return std::nullopt;
  const auto first = take_brackets(text);
  if (!first) return std::nullopt;
  const auto second = line.by_epoch ? take_brackets(text) : first;
  if (!second) return std::nullopt;
  line.epoch = line.by_epoch ? whole_number_of(trimmed(*first)).value_or(0) : 0;
  if (const auto index = fraction_of(*second)) {
    line.index = index->first;
    line.total = index->second;
  } else {
    line.index = whole_number_of(trimmed(*second)).value_or(0);
  }
  line.rest = text;
  return line;
}

void tell_openmmlab(const OpenMmlabLine& line, Story& story) {
  if (line.epoch > 0) story.at_epoch(line.epoch);
  if (!line.validation && line.total > 0) {
    if (line.by_epoch) {
      story.within_epoch(line.index, line.total);
      if (line.index >= line.total) story.epoch_done(line.epoch);
    } else {
      story.at_step(line.index, line.total);
    }
  }
  bool scores = false;
  for (const auto& pair : pairs_in(line.rest, ':')) {
    if (is_time(pair.name)) continue;
    story.metric(pair.name, pair.value);
    scores = true;
  }
  if (line.validation && scores && line.epoch > 0) story.epoch_done(line.epoch);
  story.claim();
}

bool tell_openmmlab_plan(std::string_view line, Story& story) {
  return tell_checkpoint(line, story) || tell_length(line, story);
}

}  // namespace visionops::framework
