#include "worker/sidecar/sender.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "base/secret.h"
#include "worker/sidecar/http_reply.h"

namespace visionops::sidecar {
namespace {

constexpr std::streamsize kMaxTokenBytes = 16 * 1024;
constexpr std::size_t kMaxReplyBytes = 32 * 1024;
constexpr std::size_t kMaxReasonBytes = 300;

/// Empty when the file is not there or holds something that is no token.
Secret read_token(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string token(kMaxTokenBytes, '\0');
  in.read(token.data(), kMaxTokenBytes);
  token.resize(static_cast<std::size_t>(in.gcount()));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
  const bool sound = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return Secret(sound ? std::move(token) : std::string());
}

std::string request_text(const Endpoint& endpoint, const std::filesystem::path& token_file, const std::string& body) {
  std::string out = "POST " + endpoint.target + " HTTP/1.1\r\nHost: " + endpoint.authority +
                    "\r\nUser-Agent: visionops-sidecar\r\nContent-Type: application/json\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n";
  if (!token_file.empty()) out += "Authorization: Bearer " + read_token(token_file).reveal() + "\r\n";
  return out + "\r\n" + body;
}

SendResult judge(const HttpReply& reply, std::string body) {
  if (reply.status >= 200 && reply.status < 300) return {SendOutcome::Delivered, {}, {}};
  body.resize(std::min(body.size(), kMaxReasonBytes));
  while (!body.empty() && body.back() == '\n') body.pop_back();
  const std::string reason = "HTTP " + std::to_string(reply.status) + (body.empty() ? "" : ": " + body);
  const bool passing = reply.status == 401 || reply.status == 408 || reply.status == 429 || reply.status >= 500;
  return {passing ? SendOutcome::TryAgain : SendOutcome::Refused, reason, reply.retry_after};
}

/// Head and body of one response. `text` gets what follows the head.
Result<HttpReply> read_reply(Channel& channel, std::string& text, Deadline deadline) {
  std::array<char, 4096> buffer;
  std::optional<HttpReply> reply;
  while (true) {
    if (!reply) {
      if (const auto end = text.find("\r\n\r\n"); end != std::string::npos) {
        reply = parse_reply_head(std::string_view(text).substr(0, end + 4));
        if (!reply) return retry_error("the answer is not HTTP");
        text.erase(0, end + 4);
      }
    }
    if (reply && reply->body_length && text.size() >= *reply->body_length) return *reply;
    if (text.size() > kMaxReplyBytes) {
      if (!reply) return retry_error("the answer is not HTTP");
      reply->close = true;  // its status is enough
      return *reply;
    }
    const auto got = channel.read(buffer.data(), buffer.size(), deadline);
    if (!got) return got.error();
    if (*got == 0) {
      if (!reply) return retry_error("the connection was closed");
      return *reply;
    }
    text.append(buffer.data(), *got);
  }
}

}  // namespace

Sender::Sender(Endpoint endpoint, std::filesystem::path token_file)
    : endpoint_(std::move(endpoint)), token_file_(std::move(token_file)) {}

SendResult Sender::post(const std::string& body, Duration limit) {
  const Deadline deadline = std::chrono::steady_clock::now() + limit;
  const std::string request = request_text(endpoint_, token_file_, body);
  const bool reused = channel_ != nullptr;
  auto result = exchange(request, deadline);
  // The operator may have closed an idle connection; a new one tells whether it is really away.
  if (!result && reused) result = exchange(request, deadline);
  return result ? *result : SendResult{SendOutcome::TryAgain, result.error().message, {}};
}

Result<SendResult> Sender::exchange(const std::string& request, Deadline deadline) {
  auto channel = std::exchange(channel_, nullptr);  // kept only when it can be used again
  if (!channel) {
    auto opened = Channel::open(endpoint_, deadline);
    if (!opened) return opened.error();
    channel = std::move(*opened);
  }
  // An operator that refuses the body may answer before it has read it: a failed write is no verdict.
  const auto written = channel->write(request, deadline);
  std::string text;
  const auto reply = read_reply(*channel, text, deadline);
  if (!reply) return written ? reply.error() : written.error();
  if (written && !reply->close) channel_ = std::move(channel);
  return judge(*reply, std::move(text));
}

}  // namespace visionops::sidecar
