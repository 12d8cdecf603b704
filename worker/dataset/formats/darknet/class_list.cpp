#include "worker/dataset/formats/darknet/class_list.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "worker/dataset/text/utf16.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::size_t kMaxClasses = 100'000;

Result<std::string> as_utf8(std::string_view text) {
  if (const auto order = annotations::utf16_order(text)) {
    auto decoded = annotations::utf8_of(text, *order);
    return decoded ? Result<std::string>(*std::move(decoded)) : invalid_error("is damaged UTF-16: save it as UTF-8");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return invalid_error("is not UTF-8 (but GBK, Latin-1 or the like): save it as UTF-8");
  }
  return std::string(text);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// With "\n", "\r\n" or "\r" at their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
  }
  return lines;
}

std::string* option(DarknetOptions& options, std::string_view key) {
  const std::array<std::pair<std::string_view, std::string*>, 5> known{{{"names", &options.names},
                                                                        {"train", &options.train},
                                                                        {"valid", &options.valid},
                                                                        {"test", &options.test},
                                                                        {"classes", &options.classes}}};
  const auto at = std::ranges::find(known, key, &std::pair<std::string_view, std::string*>::first);
  return at == known.end() ? nullptr : at->second;
}

}  // namespace

Result<std::vector<std::string>> read_class_list(std::string_view text) {
  const auto utf8 = as_utf8(text);
  if (!utf8) return utf8.error();
  std::vector<std::string> names;
  std::optional<std::size_t> empty_line;
  const auto lines = lines_of(*utf8);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) {
      if (!empty_line) empty_line = i + 1;
      continue;
    }
    if (empty_line) {
      return invalid_error("line " + std::to_string(*empty_line) + ": is empty, and names follow: tools differ in " +
                           "whether it counts as a class");
    }
    if (names.size() == kMaxClasses) return invalid_error("has more than 100000 names");
    names.emplace_back(lines[i]);
  }
  return names;
}

Result<DarknetOptions> read_darknet_options(std::string_view text) {
  const auto utf8 = as_utf8(text);
  if (!utf8) return utf8.error();
  DarknetOptions options;
  const auto lines = lines_of(*utf8);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i].starts_with('#') || lines[i].starts_with(';')) continue;
    const auto equals = lines[i].find('=');
    const std::string where = "line " + std::to_string(i + 1);
    if (equals == std::string_view::npos) return invalid_error(where + ": expected key = value");
    std::string* value = option(options, trimmed(lines[i].substr(0, equals)));
    if (value == nullptr) continue;  // backup, results, eval: of training
    if (!value->empty()) return invalid_error(where + ": the key stands twice");
    *value = trimmed(lines[i].substr(equals + 1));
  }
  return options;
}

}  // namespace visionops::dataset_folder
