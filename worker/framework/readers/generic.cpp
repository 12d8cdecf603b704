// What people write themselves: "Epoch 5, Loss: 0.234", "Epoch [5/10], Step [100/600], Loss: 0.2345",
// "Epoch: 5 | Train Loss: 0.23 | Val Acc: 0.9", "[Epoch 5] loss=0.2", and Keras's two lines for an epoch.
#include <array>
#include <string>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 2> kWords{"epoch", "/step - "};

std::string small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// "5", "5/10", "[5/10]", "[ 5]" behind a word; {5, 0} when no end is said. `end`: behind it.
std::optional<std::pair<std::int64_t, std::int64_t>> place_behind(std::string_view text, std::size_t& end) {
  const auto begin = text.find_first_not_of(" :#=[(", 0);
  if (begin == std::string_view::npos || begin > 4) return std::nullopt;
  const auto digits = std::min(text.find_first_not_of("0123456789", begin), text.size());
  const auto first = whole_number_of(text.substr(begin, digits - begin));
  if (!first) return std::nullopt;
  end = digits;
  const auto slash = text.find_first_not_of(' ', digits);
  if (slash == std::string_view::npos || text[slash] != '/') return std::pair{*first, std::int64_t{0}};
  const auto below = text.find_first_not_of(' ', slash + 1);
  if (below == std::string_view::npos) return std::nullopt;
  const auto last = std::min(text.find_first_not_of("0123456789", below), text.size());
  end = last;
  return std::pair{*first, whole_number_of(text.substr(below, last - below)).value_or(0)};
}

/// The last words of a piece that ends with a name: "  Train Loss" -> "Train Loss".
std::string_view name_in(std::string_view piece) {
  auto name = trimmed(piece);
  const auto begin = name.find_last_of("|,;[](){}\t>");
  if (begin != std::string_view::npos) name = trimmed(name.substr(begin + 1));
  if (const auto dash = name.rfind(" - "); dash != std::string_view::npos) name = trimmed(name.substr(dash + 3));
  if (name.starts_with("- ")) name = trimmed(name.substr(2));
  if (const auto gap = name.rfind("  "); gap != std::string_view::npos) name = trimmed(name.substr(gap + 2));
  const bool letter = !name.empty() && ((name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z');
  return letter && name.size() <= 40 ? name : std::string_view{};
}

class GenericReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    const std::string small = small_letters(line);
    const auto word = small.find("epoch");
    std::size_t end = 0;
    const auto place = word == std::string::npos ? std::nullopt : place_behind(line.substr(word + 5), end);
    if (place) {
      if (place->first == 0) from_zero_ = true;
      story.at_epoch(place->first + (from_zero_ ? 1 : 0));
      if (place->second > 0) story.say_epochs(place->second + (from_zero_ && place->first >= place->second ? 1 : 0));
      inner_step(line, small, story);
      values(line.substr(word + 5 + end), story);
      story.claim();
      return true;
    }
    if (line.find("/step - ") == std::string_view::npos) return false;
    values(line, story);
    story.claim();
    return true;
  }

 private:
  static void inner_step(std::string_view line, const std::string& small, Story& story) {
    for (const std::string_view word : {"step", "batch", "iter"}) {
      const auto at = small.find(word);
      if (at == std::string::npos) continue;
      std::size_t end = 0;
      const auto place = place_behind(line.substr(at + word.size()), end);
      if (place && place->second > 0) story.within_epoch(place->first, place->second);
    }
  }

  static void values(std::string_view text, Story& story) {
    for (std::size_t from = 0;;) {
      const auto mark = text.find_first_of(":=", from);
      if (mark == std::string_view::npos) return;
      const auto begin = text.find_first_not_of(" \t", mark + 1);
      if (begin == std::string_view::npos) return;
      const auto number = leading_number(text.substr(begin));
      const auto name = name_in(text.substr(from, mark - from));
      from = mark + 1;
      if (!number) continue;
      from = begin + number->length;
      const char next = from < text.size() ? text[from] : ' ';
      const bool whole = next == ' ' || next == ',' || next == ';' || next == '|' || next == '%' || next == ')' ||
                         next == ']' || next == '\t' || (next == '.' && from + 1 == text.size());
      if (!name.empty() && whole) story.metric(name, number->value);
    }
  }

  bool from_zero_ = false;
};

}  // namespace

extern const LogFormat generic{"generic", kWords,
                               []() -> std::unique_ptr<LogReader> { return std::make_unique<GenericReader>(); }};

}  // namespace visionops::framework
