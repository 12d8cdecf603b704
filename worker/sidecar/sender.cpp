#include "worker/sidecar/sender.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/secret.h"

namespace visionops::sidecar {
namespace {

constexpr std::streamsize kMaxTokenBytes = 16 * 1024;
constexpr std::size_t kMaxReasonBytes = 300;
constexpr long kConnectMilliseconds = 3'000;

Secret read_token(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string token(kMaxTokenBytes, '\0');
  in.read(token.data(), kMaxTokenBytes);
  token.resize(static_cast<std::size_t>(in.gcount()));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
  return Secret(std::move(token));
}

struct Reply {
  std::string body;
  std::optional<Duration> retry_after;
};

std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* reply) {
  auto& body = static_cast<Reply*>(reply)->body;
  body.append(bytes, std::min(size * count, kMaxReasonBytes - std::min(kMaxReasonBytes, body.size())));
  return size * count;
}

std::size_t take_header(const char* bytes, std::size_t size, std::size_t count, void* reply) {
  constexpr std::string_view kName = "retry-after:";
  std::string line(bytes, size * count);
  std::transform(line.begin(), line.end(), line.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (line.starts_with(kName)) {
    const auto digit = line.find_first_not_of(' ', kName.size());
    int seconds = 0;
    if (digit != std::string::npos && std::from_chars(line.data() + digit, line.data() + line.size(), seconds).ec == std::errc{}) {
      static_cast<Reply*>(reply)->retry_after = std::chrono::seconds(std::clamp(seconds, 0, 300));
    }
  }
  return size * count;
}

SendResult judge(long status, Reply reply) {
  while (!reply.body.empty() && reply.body.back() == '\n') reply.body.pop_back();
  const std::string reason = "HTTP " + std::to_string(status) + (reply.body.empty() ? "" : ": " + reply.body);
  if (status >= 200 && status < 300) return {SendOutcome::Delivered, {}, {}};
  const bool passing = status == 401 || status == 408 || status == 429 || status >= 500;
  return {passing ? SendOutcome::TryAgain : SendOutcome::Refused, reason, reply.retry_after};
}

}  // namespace

struct Sender::Connection {
  Connection() : curl(curl_easy_init()) {}
  ~Connection() { curl_easy_cleanup(curl); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  CURL* curl;
};

Sender::Sender(std::string url, std::filesystem::path token_file)
    : url_(std::move(url)), token_file_(std::move(token_file)), connection_(std::make_unique<Connection>()) {}
Sender::~Sender() = default;

SendResult Sender::post(const std::string& body, Duration limit) {
  CURL* const curl = connection_->curl;
  if (curl == nullptr) return {SendOutcome::TryAgain, "libcurl cannot be initialised", {}};
  curl_easy_reset(curl);  // keeps the open connection
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  if (!token_file_.empty()) {
    const Secret token = read_token(token_file_);
    headers = curl_slist_append(headers, ("Authorization: Bearer " + token.reveal()).c_str());
  }
  Reply reply;
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");  // the operator is inside the cluster; proxies of the image are for elsewhere
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min<long>(kConnectMilliseconds, static_cast<long>(limit.count())));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(headers);
  if (code != CURLE_OK) return {SendOutcome::TryAgain, curl_easy_strerror(code), {}};
  return judge(status, std::move(reply));
}

}  // namespace visionops::sidecar
