// Requests to one bucket: built, signed, sent again while that may help, and their refusals as errors.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/contract/store_location.h"
#include "worker/storage/s3/http_exchange.h"
#include "worker/storage/s3/object_url.h"

namespace visionops::storage {

/// Between two attempts: twice as long each time, up to `longest`, a random part of it off.
struct RetryTiming {
  int attempts = 6;
  std::chrono::milliseconds first{250};
  std::chrono::milliseconds longest{8'000};
};

struct S3Call {
  std::string method;
  std::string key;  ///< with the prefix of the store; empty: the bucket
  Query query = {};
  std::vector<std::string> headers = {};
  std::string_view body = {};
  bool long_work = false;  ///< see HttpRequest
};

struct S3Answer {
  HttpResponse response;
  int attempts = 1;  ///< more than one: an earlier attempt may have done its work and lost its reply
};

/// Thread-safe.
class S3Client {
 public:
  using Sink = std::function<bool(const HttpResponse& head, std::string_view bytes)>;

  S3Client(contract::S3Location location, RetryTiming timing, std::unique_ptr<HttpConnections> connections)
      : location_(std::move(location)), timing_(timing), connections_(std::move(connections)) {}

  [[nodiscard]] const contract::S3Location& location() const { return location_; }
  [[nodiscard]] const std::string& access_key() const { return connections_->access().access_key; }

  /// Any answer that is not worth another attempt, also a refusal; Retry when the attempts are used up.
  Result<S3Answer> send(const S3Call& call);
  /// One attempt, with the body of the answer going to `sink`.
  Result<HttpResponse> send_once(const S3Call& call, const Sink& sink = {});
  /// Whether a further attempt (counted from 1) may help, after sleeping the time until it.
  bool wait_for_another(const Result<HttpResponse>& last, int attempt) const;

 private:
  contract::S3Location location_;
  RetryTiming timing_;
  std::unique_ptr<HttpConnections> connections_;
};

bool is_success(const HttpResponse& response);
/// Code of the error document ("NoSuchKey"); empty when there is none.
std::string s3_error_code(const HttpResponse& response);
/// NotFound for 404, AlreadyExists for 412, Invalid for what cannot be an object there, else Retry: what is wrong with
/// a bucket or its rights an administrator can repair.
Error s3_error(const HttpResponse& response, const std::string& path);

}  // namespace visionops::storage
