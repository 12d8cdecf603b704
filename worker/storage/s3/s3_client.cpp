#include "worker/storage/s3/s3_client.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <thread>

#include "worker/storage/s3/s3_xml.h"

namespace visionops::storage {
namespace {

/// Also of answers that began with 200: a completed upload may still fail after its headers were sent.
bool is_passing(const HttpResponse& response) {
  const auto code = s3_error_code(response);
  if (response.status == 409) return code == "ConditionalRequestConflict" || code == "OperationAborted";
  if (response.status == 400) return code == "RequestTimeout";
  if (response.status == 200) return code == "InternalError" || code == "SlowDown" || code == "ServiceUnavailable";
  return response.status == 429 || (response.status >= 500 && response.status != 501);
}

bool is_passing(const Result<HttpResponse>& last) {
  return last.ok() ? is_passing(*last) : last.error().cls == ErrorClass::Retry;
}

std::chrono::milliseconds asked_pause(const HttpResponse& response) {
  const std::string text = response.header("retry-after");
  int seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(read.ec == std::errc() ? std::clamp(seconds, 0, 3600) : 0);
}

/// Half of it fixed, half at random, so that many workers do not come back together.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds pause) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto half = pause.count() / 2;
  return std::chrono::milliseconds(half + std::uniform_int_distribution<long>(0, half)(random));
}

}  // namespace

bool is_success(const HttpResponse& response) { return response.status / 100 == 2; }

std::string s3_error_code(const HttpResponse& response) {
  std::string code;
  if (response.body.find("<Error") == std::string::npos) return code;
  (void)read_xml(response.body, [&](std::string_view path, const std::string& text) {
    if (path == "Error/Code") code = text;
  });
  return code;
}

Error s3_error(const HttpResponse& response, const std::string& path) {
  const std::string code = s3_error_code(response);
  const std::string words =
      "the object store answered " + std::to_string(response.status) + (code.empty() ? "" : " " + code.substr(0, 100));
  if (code == "NoSuchBucket") return retry_error(path + ": " + words);
  if (response.status == 404) return not_found_error(path + ": does not exist");
  if (response.status == 412) return {ErrorClass::AlreadyExists, path + ": exists already"};
  if (code == "KeyTooLongError") return invalid_error(path + ": name is too long for an object store");
  if (code == "EntityTooLarge") return invalid_error(path + ": is larger than the object store accepts");
  return retry_error(path + ": " + words);
}

Result<HttpResponse> S3Client::send_once(const S3Call& call, const Sink& sink) {
  return connections_->perform(
      {call.method, object_url(location_, call.key, call.query), call.headers, call.body, sink, call.long_work});
}

bool S3Client::wait_for_another(const Result<HttpResponse>& last, int attempt) const {
  if (attempt >= timing_.attempts || !is_passing(last)) return false;
  auto pause = timing_.first;
  for (int i = 1; i < attempt && pause < timing_.longest; ++i) pause *= 2;
  if (last.ok()) pause = std::max(pause, asked_pause(*last));
  std::this_thread::sleep_for(with_jitter(std::min(pause, timing_.longest)));
  return true;
}

Result<S3Answer> S3Client::send(const S3Call& call) {
  for (int attempt = 1;; ++attempt) {
    auto response = send_once(call);
    if (wait_for_another(response, attempt)) continue;
    if (!response) return response.error().in("object store " + location_.endpoint);
    if (is_passing(*response)) return s3_error(*response, call.key.empty() ? location_.bucket : call.key);
    return S3Answer{std::move(*response), attempt};
  }
}

}  // namespace visionops::storage
