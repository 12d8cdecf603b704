#include "worker/storage/s3/multipart_upload.h"

#include <algorithm>
#include <utility>

#include "worker/storage/s3/s3_listing.h"
#include "worker/storage/s3/s3_xml.h"

namespace visionops::storage {
namespace {

constexpr std::int64_t kPart = 8 * 1024 * 1024;
constexpr std::int64_t kMaxParts = 10'000;

std::string element(const std::string& xml, std::string_view wanted) {
  std::string out;
  (void)read_xml(xml, [&](std::string_view path, const std::string& text) {
    if (path == wanted) out = text;
  });
  return out;
}

}  // namespace

std::int64_t part_size(std::int64_t total) { return std::max(kPart, (total + kMaxParts - 1) / kMaxParts); }

Result<MultipartUpload> MultipartUpload::begin(S3Client& client, const std::string& path,
                                               std::vector<std::string> headers) {
  auto answer = client.send({.method = "POST",
                             .key = key_of(client.location(), path),
                             .query = {{"uploads", ""}},
                             .headers = std::move(headers)});
  if (!answer) return answer.error();
  if (!is_success(answer->response)) return s3_error(answer->response, path);
  auto id = element(answer->response.body, "InitiateMultipartUploadResult/UploadId");
  if (id.empty()) return retry_error(path + ": the object store gave no id for an upload");
  return MultipartUpload(client, path, std::move(id));
}

MultipartUpload::MultipartUpload(MultipartUpload&& other) noexcept
    : client_(other.client_),
      path_(std::move(other.path_)),
      id_(std::exchange(other.id_, {})),
      etags_(std::move(other.etags_)) {}

MultipartUpload::~MultipartUpload() {
  if (id_.empty()) return;
  // Once: what stays, the bucket's lifecycle rule removes.
  (void)client_->send_once(
      {.method = "DELETE", .key = key_of(client_->location(), path_), .query = {{"uploadId", id_}}});
}

Query MultipartUpload::next_part() const {
  return {{"partNumber", std::to_string(etags_.size() + 1)}, {"uploadId", id_}};
}

Status MultipartUpload::keep(const std::string& etag) {
  if (etag.empty()) return retry_error(path_ + ": the object store gave no ETag for a part");
  etags_.push_back(etag);
  return {};
}

Status MultipartUpload::add(std::string_view bytes) {
  auto answer =
      client_->send({.method = "PUT", .key = key_of(client_->location(), path_), .query = next_part(), .body = bytes});
  if (!answer) return answer.error();
  if (!is_success(answer->response)) return s3_error(answer->response, path_);
  return keep(answer->response.header("etag"));
}

Status MultipartUpload::add_copy(const std::string& source) {
  auto answer = client_->send({.method = "PUT",
                               .key = key_of(client_->location(), path_),
                               .query = next_part(),
                               .headers = {"x-amz-copy-source: " + source},
                               .long_work = true});
  if (!answer) return answer.error();
  if (!is_success(answer->response)) return s3_error(answer->response, path_);
  return keep(element(answer->response.body, "CopyPartResult/ETag"));
}

Result<S3Answer> MultipartUpload::complete(bool new_only) {
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < etags_.size(); ++i) {
    body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + xml_escaped(etags_[i]) +
            "</ETag></Part>";
  }
  body += "</CompleteMultipartUpload>";
  std::vector<std::string> headers{"content-type: application/xml"};
  if (new_only) headers.emplace_back("if-none-match: *");
  auto answer = client_->send({.method = "POST",
                               .key = key_of(client_->location(), path_),
                               .query = {{"uploadId", id_}},
                               .headers = std::move(headers),
                               .body = body,
                               .long_work = true});
  if (!answer) return answer.error();
  if (answer->response.status == 404 && answer->attempts > 1) id_.clear();
  if (is_success(answer->response) && s3_error_code(answer->response).empty()) id_.clear();
  return answer;
}

}  // namespace visionops::storage
