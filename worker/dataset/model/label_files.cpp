#include "worker/dataset/model/label_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace visionops::annotations {

std::string label_path(std::string_view image_path, std::string_view folder) {
  std::string path(image_path);
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  if (dot != std::string::npos && (slash == std::string::npos || dot > slash + 1)) path.resize(dot);
  constexpr std::string_view images = "images";
  const auto inner = path.rfind("/images/");
  if (inner != std::string::npos) {
    path.replace(inner + 1, images.size(), folder);
  } else if (path.starts_with("images/")) {
    path.replace(0, images.size(), folder);
  }
  return path + ".txt";
}

void for_each_row(std::string_view text, const std::string& file, Findings& findings,
                  const std::function<void(std::string_view line, std::size_t number)>& row) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    findings.add({"UnreadableLabelFile", file, "line 1", "the file is UTF-16, save it as UTF-8"});
    return;
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), text.size()));
    if (line.find_first_not_of(" \t") != std::string_view::npos) row(line, number);
  }
}

bool parse_number(std::string_view token, double& out) {
  if (token.starts_with('+')) token.remove_prefix(1);
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  return error == std::errc() && end == token.data() + token.size() && std::isfinite(out);
}

std::string quoted(std::string_view token) { return "\"" + std::string(token.substr(0, 40)) + "\""; }

}  // namespace visionops::annotations
