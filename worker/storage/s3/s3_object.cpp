#include "worker/storage/s3/s3_object.h"

#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "base/quantity.h"
#include "worker/storage/s3/checksum.h"
#include "worker/storage/s3/s3_listing.h"

namespace visionops::storage {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

/// "Sat, 21 Nov 2026 08:46:27 GMT"; 0 when it is none.
std::int64_t http_time_ns(const std::string& text) {
  std::tm parts{};
  if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return 0;
  return static_cast<std::int64_t>(::timegm(&parts)) * 1'000'000'000;
}

/// Size of the whole object, also when the answer is a part of it ("bytes 0-9/1234").
std::optional<std::int64_t> whole_size(const HttpResponse& response) {
  if (response.status != 206) return number(response.header("content-length"));
  const std::string range = response.header("content-range");
  const auto slash = range.rfind('/');
  return slash == std::string::npos ? std::nullopt : number(std::string_view(range).substr(slash + 1));
}

/// What a refused look at an object means.
Error refusal(S3Client& client, const HttpResponse& response, const std::string& path) {
  if (response.status == 403) {
    const auto there = object_listed(client, path);
    if (there && !*there) return not_found_error(path + ": does not exist");
  }
  return s3_error(response, path);
}

/// One read of an object over as many transfers as it takes.
class Reading {
 public:
  Reading(S3Client& client, const std::string& path, std::int64_t max_bytes,
          const std::function<Status(std::string_view)>& consume)
      : client_(client), path_(path), max_bytes_(max_bytes), consume_(consume) {}

  Status run() {
    for (int attempt = 1;; ++attempt) {
      from_ = done_;
      auto response =
          client_.send_once({.method = "GET", .key = key_of(client_.location(), path_), .headers = condition()},
                            [this](const HttpResponse& head, std::string_view bytes) { return take(head, bytes); });
      if (!stopped_) return stopped_;
      if (response && is_success(*response)) return whole(*response);
      if (done_ > from_) attempt = 1;  // it moves
      if (client_.wait_for_another(response, attempt)) continue;
      if (!response) return response.error().in(path_);
      if (response->status == 412) return changed();
      return refusal(client_, *response, path_);
    }
  }

 private:
  std::vector<std::string> condition() const {
    if (done_ == 0) return {};
    return {"if-match: " + etag_, "range: bytes=" + std::to_string(done_) + "-"};
  }

  bool take(const HttpResponse& head, std::string_view bytes) {
    if (!begun_ && !begin(head)) return false;
    begun_ = true;
    if (from_ > 0 && head.status != 206) return stop(retry_error(path_ + ": the object store ignores ranges"));
    auto consumed = consume_(bytes);
    done_ += static_cast<std::int64_t>(bytes.size());
    return consumed.ok() || stop(consumed.error());
  }

  bool begin(const HttpResponse& head) {
    const auto size = whole_size(head);
    if (!size) return stop(retry_error(path_ + ": the object store does not tell its size"));
    if (*size > max_bytes_) return stop(object_too_large(path_, *size, max_bytes_));
    size_ = *size;
    etag_ = head.header("etag");
    return true;
  }

  bool stop(Error error) {
    stopped_ = std::move(error);
    return false;
  }

  Status whole(const HttpResponse& response) {
    if (!begun_ && whole_size(response).value_or(0) == 0) return {};
    if (done_ != size_) return retry_error(path_ + ": the object store sent another number of bytes than it said");
    return {};
  }

  Status changed() const { return retry_error(path_ + ": was replaced while it was read"); }

  S3Client& client_;
  const std::string& path_;
  std::int64_t max_bytes_;
  const std::function<Status(std::string_view)>& consume_;
  bool begun_ = false;
  std::int64_t size_ = 0;
  std::int64_t done_ = 0;
  std::int64_t from_ = 0;  ///< where this transfer began
  std::string etag_;
  Status stopped_;
};

}  // namespace

Error object_too_large(const std::string& path, std::int64_t size, std::int64_t max_bytes) {
  return invalid_error(path + ": has " + format_bytes(size) + ", at most " + format_bytes(max_bytes) + " are accepted");
}

Result<ObjectHead> head_object(S3Client& client, const std::string& path) {
  auto answer = client.send(
      {.method = "HEAD", .key = key_of(client.location(), path), .headers = {"x-amz-checksum-mode: ENABLED"}});
  if (!answer) return answer.error();
  const auto& response = answer->response;
  if (!is_success(response)) return refusal(client, response, path);
  const auto size = number(response.header("content-length"));
  if (!size) return retry_error(path + ": the object store does not tell its size");
  return ObjectHead{*size,
                    http_time_ns(response.header("last-modified")),
                    response.header("etag"),
                    sha256_of_checksum(response.header("x-amz-checksum-sha256")),
                    response.header(kDigestHeader),
                    response.header(kWriterHeader)};
}

Result<std::string> read_object_prefix(S3Client& client, const std::string& path, std::int64_t limit) {
  if (limit <= 0) return std::string();
  auto answer = client.send({.method = "GET",
                             .key = key_of(client.location(), path),
                             .headers = {"range: bytes=0-" + std::to_string(limit - 1)}});
  if (!answer) return answer.error();
  if (answer->response.status == 416) return std::string();  // it has no first byte
  if (!is_success(answer->response)) return refusal(client, answer->response, path);
  std::string bytes = std::move(answer->response.body);
  if (static_cast<std::int64_t>(bytes.size()) > limit) bytes.resize(static_cast<std::size_t>(limit));
  return bytes;
}

Status read_object(S3Client& client, const std::string& path, std::int64_t max_bytes,
                   const std::function<Status(std::string_view)>& consume) {
  return Reading(client, path, max_bytes, consume).run();
}

Status delete_object(S3Client& client, const std::string& path) {
  auto answer = client.send({.method = "DELETE", .key = key_of(client.location(), path)});
  if (!answer) return answer.error();
  if (is_success(answer->response) || answer->response.status == 404) return {};
  return s3_error(answer->response, path);
}

}  // namespace visionops::storage
