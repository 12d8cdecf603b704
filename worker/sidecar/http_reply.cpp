#include "worker/sidecar/http_reply.h"

#include <algorithm>
#include <charconv>

namespace visionops::sidecar {
namespace {

constexpr int kMaxRetrySeconds = 300;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

void take_header(std::string_view line, HttpReply& reply) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = lower(line.substr(0, colon));
  auto value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  if (name == "content-length") reply.body_length = number<std::size_t>(value);
  if (name == "connection" && lower(value).find("close") != std::string::npos) reply.close = true;
  if (name == "transfer-encoding") reply.close = true;  // its end is not looked for
  if (name == "retry-after") {
    if (const auto seconds = number<int>(value))
      reply.retry_after = std::chrono::seconds(std::clamp(*seconds, 0, kMaxRetrySeconds));
  }
}

}  // namespace

std::optional<HttpReply> parse_reply_head(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;
  if (!head.starts_with(kVersion) || head.size() < kStatusAt + 3) return std::nullopt;
  const auto status = number<int>(head.substr(kStatusAt, 3));
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  HttpReply reply;
  reply.status = *status;
  reply.close = head[kVersion.size()] == '0';
  for (auto start = head.find("\r\n"); start != std::string_view::npos;) {
    start += 2;
    const auto end = head.find("\r\n", start);
    if (end == std::string_view::npos || end == start) break;
    take_header(head.substr(start, end - start), reply);
    start = end;
  }
  if (reply.status == 204 || reply.status == 304) reply.body_length = 0;
  if (!reply.body_length) reply.close = true;
  return reply;
}

}  // namespace visionops::sidecar
