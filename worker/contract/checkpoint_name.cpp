#include "worker/contract/checkpoint_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace visionops::contract {

namespace {

constexpr std::string_view kStem = "epoch-";
constexpr std::string_view kModel = "-model";
constexpr std::size_t kDigits = 4;
constexpr std::size_t kLongestEnding = 32;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// ".pt", ".pth.tar": points with something plain behind each.
bool is_ending(std::string_view text) {
  if (text.size() < 2 || text.size() > kLongestEnding || text.front() != '.' || text.back() == '.') return false;
  return text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return is_plain(c) || c == '.'; });
}

bool wraps_another(std::string_view ending) {
  constexpr std::array<std::string_view, 3> kWrappers{".tar", ".gz", ".zst"};
  return std::ranges::find(kWrappers, ending) != kWrappers.end();
}

}  // namespace

std::string checkpoint_stem(std::int32_t epoch, bool resumable) {
  std::string digits = std::to_string(epoch);
  if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
  return std::string(kStem) + digits + (resumable ? "" : std::string(kModel));
}

std::optional<CheckpointFileName> parse_checkpoint_name(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (!name.starts_with(kStem)) return std::nullopt;
  name.remove_prefix(kStem.size());
  CheckpointFileName out;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), out.epoch);
  if (error != std::errc{} || out.epoch < 0) return std::nullopt;
  name.remove_prefix(static_cast<std::size_t>(end - name.data()));
  out.resumable = !name.starts_with(kModel);
  if (!out.resumable) name.remove_prefix(kModel.size());
  if (!is_ending(name)) return std::nullopt;
  out.ending = name;
  return out;
}

std::string checkpoint_ending(std::string_view name) {
  const auto last_of = [](std::string_view text) {
    const auto point = text.rfind('.');
    return point == std::string_view::npos || point == 0 ? std::string_view() : text.substr(point);
  };
  std::string_view ending = last_of(name);
  if (wraps_another(ending)) {
    const auto inner = last_of(name.substr(0, name.size() - ending.size()));
    if (!inner.empty() && is_ending(inner)) ending = name.substr(name.size() - ending.size() - inner.size());
  }
  return is_ending(ending) && !ending.ends_with(kManifestEnding) ? std::string(ending) : ".bin";
}

std::string attempt_log_name(std::int32_t attempt) {
  char text[32];
  std::snprintf(text, sizeof text, "attempt-%04d.log", attempt);
  return text;
}

}  // namespace visionops::contract
