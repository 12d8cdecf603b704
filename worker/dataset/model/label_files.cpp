#include "worker/dataset/model/label_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "worker/dataset/text/utf16.h"

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

namespace {

/// Looks for each kind of line end by itself, which is many times as fast as for both at once, and never twice over the
/// same bytes.
class LineEnds {
 public:
  explicit LineEnds(std::string_view text) : text_(text), feed_(find('\n', 0)), return_(find('\r', 0)) {}
  std::size_t next(std::size_t at) {
    if (feed_ < at) feed_ = find('\n', at);
    if (return_ < at) return_ = find('\r', at);
    return std::min(feed_, return_);
  }

 private:
  [[nodiscard]] std::size_t find(char c, std::size_t at) const { return std::min(text_.find(c, at), text_.size()); }

  std::string_view text_;
  std::size_t feed_, return_;
};

}  // namespace

void for_each_row(std::string_view text, const std::string& file, Findings& findings,
                  const std::function<void(std::string_view line, std::size_t number)>& row) {
  if (const auto order = utf16_order(text)) {
    const auto decoded = utf8_of(text, *order);
    if (!decoded) return findings.add({"UnreadableLabelFile", file, "", "is damaged UTF-16: save it as UTF-8"});
    findings.add({"ForeignEncoding", file, "", "is UTF-16 and was read as such; most readers want UTF-8"});
    return for_each_row(*decoded, file, findings, row);
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  LineEnds ends(text);
  for (std::size_t number = 1, at = 0; at < text.size(); ++number) {
    const std::size_t end = ends.next(at);
    const std::string_view line = text.substr(at, end - at);
    at = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
    if (line.size() > kMaxRowBytes) {
      findings.add(
          {"MalformedRow", file, "line " + std::to_string(number),
           "has " + std::to_string(line.size()) + " bytes, a row has at most " + std::to_string(kMaxRowBytes)});
    } else if (line.find_first_not_of(" \t") != std::string_view::npos) {
      row(line, number);
    }
  }
}

bool parse_number(std::string_view token, double& out) {
  if (token.starts_with('+')) token.remove_prefix(1);
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  return error == std::errc() && end == token.data() + token.size() && std::isfinite(out);
}

std::string quoted(std::string_view token) { return "\"" + std::string(token.substr(0, 40)) + "\""; }

}  // namespace visionops::annotations
