// One signed HTTP request and its response over libcurl, on a connection that is kept for the next one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/secret.h"
#include "worker/storage/s3/curl_library.h"

namespace visionops::storage {

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< of an error, or when there is no sink
  /// "" when the response has no such header.
  [[nodiscard]] std::string header(const std::string& name) const;
};

struct HttpRequest {
  std::string method;
  std::string url;
  std::vector<std::string> headers;  ///< "name: value", names in lower case
  std::string_view body;             ///< must outlive the exchange
  /// Takes the body of a 2xx response as it comes; false ends the exchange. Absent: HttpResponse::body.
  std::function<bool(const HttpResponse& head, std::string_view bytes)> sink;
  bool long_work = false;  ///< the server moves many bytes by itself before it answers
};

/// Who asks, and how patiently. Immutable.
struct HttpAccess {
  std::string region;
  std::string access_key;
  Secret secret_key;
  Secret session_token;  ///< may be empty
  std::string ca_file;   ///< empty: the system's authorities
  std::chrono::milliseconds connect_timeout{10'000};
  /// A transfer that moves less than 1 KiB/s for this long is given up; twenty times as long with long work.
  std::chrono::seconds stall_timeout{30};
};

/// Keeps idle connections. Thread-safe; each exchange has a connection of its own.
class HttpConnections {
 public:
  HttpConnections(std::shared_ptr<const CurlLibrary> curl, HttpAccess access)
      : curl_(std::move(curl)), access_(std::move(access)) {}
  ~HttpConnections();
  HttpConnections(const HttpConnections&) = delete;
  HttpConnections& operator=(const HttpConnections&) = delete;

  [[nodiscard]] const HttpAccess& access() const { return access_; }
  /// Any status is a response; redirects are not followed. Cancelled: the sink ended it. Retry: no complete
  /// response. Invalid: the server's certificate is not trusted, or the request can never be sent.
  Result<HttpResponse> perform(const HttpRequest& request);

 private:
  CURL* take();
  void give_back(CURL* handle);

  std::shared_ptr<const CurlLibrary> curl_;
  HttpAccess access_;
  Mutex mutex_;
  std::vector<CURL*> idle_ VISIONOPS_GUARDED_BY(mutex_);
};

}  // namespace visionops::storage
