#include "worker/storage/s3/http_exchange.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <exception>

#include "base/digest.h"

namespace visionops::storage {
namespace {

/// A page of a listing has about 1 MiB; nothing that is kept whole is larger.
constexpr std::size_t kMaxKeptBody = 16 * 1024 * 1024;
constexpr std::size_t kMaxHeaders = 200;
constexpr int kLongWork = 20;  // 5 GiB at 10 MiB/s
constexpr long kReceiveBuffer = 256 * 1024;

/// One exchange as libcurl's callbacks see it. They are called from C: nothing may be thrown through them.
struct Exchange {
  const HttpRequest& request;
  const CurlLibrary& curl;
  CURL* handle;
  HttpResponse response;
  std::size_t sent = 0;
  bool refused = false;  ///< the sink wants no more
  std::string trouble;   ///< why a callback ended the exchange, when it was not the sink's wish
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t take_header(char* data, std::size_t one, std::size_t size, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  try {
    const std::string_view line(data, size * one);
    if (line.starts_with("HTTP/")) {  // a new response: what came before was "100 Continue"
      exchange.response.headers.clear();
    } else if (const auto colon = line.find(':');
               colon != std::string_view::npos && exchange.response.headers.size() < kMaxHeaders) {
      exchange.response.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }
  } catch (const std::exception&) {
    exchange.trouble = "out of memory";
    return 0;
  }
  return size * one;
}

bool accept_body(Exchange& exchange, std::string_view bytes) {
  if (exchange.response.status == 0) {
    exchange.curl.easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &exchange.response.status);
  }
  if (exchange.request.sink && exchange.response.status / 100 == 2) {
    exchange.refused = !exchange.request.sink(exchange.response, bytes);
    return !exchange.refused;
  }
  if (exchange.response.body.size() + bytes.size() > kMaxKeptBody) {
    exchange.trouble = "the answer is larger than 16 MiB";
    return false;
  }
  exchange.response.body += bytes;
  return true;
}

std::size_t take_body(char* data, std::size_t one, std::size_t size, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  try {
    return accept_body(exchange, std::string_view(data, size * one)) ? size * one : 0;
  } catch (const std::exception& e) {
    exchange.trouble = e.what();
    return 0;
  }
}

std::size_t give_body(char* buffer, std::size_t one, std::size_t size, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t count = std::min(one * size, exchange.request.body.size() - exchange.sent);
  if (count > 0) std::memcpy(buffer, exchange.request.body.data() + exchange.sent, count);
  exchange.sent += count;
  return count;
}

int rewind_body(void* user, curl_off_t offset, int origin) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > exchange.request.body.size()) {
    return CURL_SEEKFUNC_CANTSEEK;
  }
  exchange.sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

/// Will not get better by waiting.
bool is_lasting(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return true;
    default:
      return false;
  }
}

/// Options of one handle for one exchange, and the list of headers that must live as long.
class Preparation {
 public:
  Preparation(const CurlLibrary& curl, CURL* handle) : curl_(curl), handle_(handle) {}
  ~Preparation() { curl_.slist_free_all(headers_); }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  [[nodiscard]] bool complete() const { return complete_; }

  void connection(const HttpAccess& access) {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // a connection has one request at a time
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_PROXY, "");  // the environment of a container may be a user's
    set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(access.connect_timeout.count()));
    if (!access.ca_file.empty()) {
      set(CURLOPT_CAINFO, access.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
  }

  /// The payload is signed too: the server refuses bytes that were changed or lost on the way.
  void signature(const HttpAccess& access, std::string_view body) {
    const std::string provider = "aws:amz:" + access.region + ":s3";
    set(CURLOPT_AWS_SIGV4, provider.c_str());
    set(CURLOPT_USERNAME, access.access_key.c_str());
    set(CURLOPT_PASSWORD, access.secret_key.reveal().c_str());
    add_header("x-amz-content-sha256: " + sha256_hex(body));
    if (!access.session_token.empty()) add_header("x-amz-security-token: " + access.session_token.reveal());
  }

  void patience(const HttpAccess& access, bool long_work) {
    set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(access.stall_timeout.count() * (long_work ? kLongWork : 1)));
  }

  void request(Exchange& exchange) {
    const auto& request = exchange.request;
    set(CURLOPT_URL, request.url.c_str());
    for (const auto& line : request.headers) add_header(line);
    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (request.method == "PUT" || request.method == "POST") {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_READFUNCTION, &give_body);
      set(CURLOPT_READDATA, &exchange);
      set(CURLOPT_SEEKFUNCTION, &rewind_body);
      set(CURLOPT_SEEKDATA, &exchange);
    } else if (request.method != "GET") {
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    set(CURLOPT_HTTPHEADER, headers_);
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, &exchange);
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, &exchange);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    complete_ = curl_.easy_setopt(handle_, option, value) == CURLE_OK && complete_;
  }

 private:
  void add_header(const std::string& line) {
    auto* longer = curl_.slist_append(headers_, line.c_str());
    if (longer == nullptr) {
      complete_ = false;
    } else {
      headers_ = longer;
    }
  }

  const CurlLibrary& curl_;
  CURL* handle_;
  curl_slist* headers_ = nullptr;
  bool complete_ = true;
};

Error failure(const Exchange& exchange, CURLcode code, const char* detail) {
  if (exchange.refused) return {ErrorClass::Cancelled, "not wanted any more"};
  if (!exchange.trouble.empty()) return retry_error(exchange.trouble);
  const std::string words = *detail != '\0' ? detail : exchange.curl.easy_strerror(code);
  return is_lasting(code) ? invalid_error(words) : retry_error(words);
}

}  // namespace

std::string HttpResponse::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

HttpConnections::~HttpConnections() {
  for (CURL* handle : idle_) curl_->easy_cleanup(handle);
}

CURL* HttpConnections::take() {
  {
    const MutexLock lock(mutex_);
    if (!idle_.empty()) {
      CURL* handle = idle_.back();
      idle_.pop_back();
      return handle;
    }
  }
  return curl_->easy_init();
}

/// Without its options, which hold the keys; connections stay.
void HttpConnections::give_back(CURL* handle) {
  curl_->easy_reset(handle);
  const MutexLock lock(mutex_);
  idle_.push_back(handle);
}

Result<HttpResponse> HttpConnections::perform(const HttpRequest& request) {
  CURL* handle = take();
  if (handle == nullptr) return retry_error("libcurl has no memory");
  std::array<char, CURL_ERROR_SIZE> detail{};
  Exchange exchange{request, *curl_, handle, {}, 0, false, {}};
  CURLcode code = CURLE_FAILED_INIT;
  {
    Preparation preparation(*curl_, handle);
    preparation.connection(access_);
    preparation.patience(access_, request.long_work);
    preparation.signature(access_, request.body);
    preparation.request(exchange);
    preparation.set(CURLOPT_ERRORBUFFER, detail.data());
    if (preparation.complete()) code = curl_->easy_perform(handle);
    curl_->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &exchange.response.status);
    give_back(handle);
  }
  if (code != CURLE_OK) return failure(exchange, code, detail.data());
  return std::move(exchange.response);
}

}  // namespace visionops::storage
