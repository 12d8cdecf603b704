#include "worker/dataset/formats/coco/coco_image_name.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace visionops::annotations {

namespace {

/// The path of a URL. Label Studio serves local files as /data/local-files/?d=PATH.
std::string path_of_url(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  const auto slash = url.find('/');
  url = slash == std::string_view::npos ? std::string_view() : url.substr(slash + 1);
  const auto query = url.find_first_of("?#");
  std::string_view path = url.substr(0, query);
  if ((path.empty() || path.ends_with('/')) && query != std::string_view::npos) {
    const auto value = url.find('=', query);
    path = value == std::string_view::npos ? std::string_view() : url.substr(value + 1);
  }
  return std::string(path);
}

bool has_drive(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return name.size() >= 2 && name[1] == ':' && letter(name[0]);
}

}  // namespace

std::string portable_image_name(std::string_view name) {
  std::string text = name.find("://") != std::string_view::npos ? path_of_url(name) : std::string(name);
  std::ranges::replace(text, '\\', '/');
  std::string_view rest = text;
  if (has_drive(rest)) rest.remove_prefix(2);
  std::vector<std::string_view> parts;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  std::string out;
  for (const std::string_view part : parts) out.append(out.empty() ? "" : "/").append(part);
  return out;
}

std::string percent_decoded(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') {
      out += name[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= name.size()) return std::string(name);
    const auto [end, error] = std::from_chars(name.data() + i + 1, name.data() + i + 3, value, 16);
    if (error != std::errc() || end != name.data() + i + 3) return std::string(name);
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace visionops::annotations
