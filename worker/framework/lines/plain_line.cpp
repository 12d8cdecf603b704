#include "worker/framework/lines/plain_line.h"

#include <algorithm>
#include <charconv>

namespace visionops::framework {

namespace {

constexpr char kEscape = '\x1b';

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f'; }

/// Behind "ESC ]": up to BEL or ESC \.
std::size_t end_of_title(std::string_view line, std::size_t at) {
  for (; at < line.size(); ++at) {
    if (line[at] == '\a') return at + 1;
    if (line[at] == kEscape) return std::min(at + 2, line.size());
  }
  return at;
}

/// Behind the sequence that begins at `at` with ESC.
std::size_t end_of_sequence(std::string_view line, std::size_t at) {
  if (at + 1 >= line.size()) return line.size();
  if (line[at + 1] == ']') return end_of_title(line, at + 2);
  if (line[at + 1] != '[') return at + 2;
  at += 2;
  while (at < line.size() && (line[at] < '@' || line[at] > '~')) ++at;
  return std::min(at + 1, line.size());
}

/// The number between the given beginning and ending of the line; -1: not of this shape. `rest` is what follows.
int rank_between(std::string_view line, std::string_view begin, std::string_view end, std::string_view& rest) {
  if (!line.starts_with(begin)) return -1;
  int rank = -1;
  const char* last = line.data() + line.size();
  const auto [next, error] = std::from_chars(line.data() + begin.size(), last, rank);
  const std::string_view tail(next, static_cast<std::size_t>(last - next));
  if (error != std::errc() || rank < 0 || !tail.starts_with(end)) return -1;
  rest = tail.substr(end.size());
  return rank;
}

/// "(pid=123) " and "(Worker pid=123, ip=10.0.0.1) ": of one that does not say its rank.
std::string_view without_process(std::string_view line) {
  if (!line.starts_with('(')) return line;
  const auto end = line.find(") ");
  if (end == std::string_view::npos || end > 80) return line;
  const auto pid = line.substr(0, end).find("pid=");
  const bool named = pid != std::string_view::npos && (pid == 1 || line[pid - 1] == ' ');
  return named ? line.substr(end + 2) : line;
}

}  // namespace

std::string_view without_ansi(std::string_view line, std::string& room) {
  if (std::none_of(line.begin(), line.end(), is_control)) return line;
  room.clear();
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == kEscape) {
      at = end_of_sequence(line, at);
      continue;
    }
    if (!is_control(line[at])) room += line[at];
    ++at;
  }
  return room;
}

RankedLine without_rank(std::string_view line) {
  std::string_view rest;
  for (const std::string_view begin : {"[rank", "[default"}) {
    const int rank = rank_between(line, begin, "]:", rest);
    if (rank < 0) continue;
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    return {rank, rest};
  }
  for (const std::string_view end : {"]<stdout>:", "]<stderr>:"}) {
    const int rank = rank_between(line, "[1,", end, rest);
    if (rank >= 0) return {rank, rest};
  }
  return {-1, without_process(line)};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace visionops::framework
