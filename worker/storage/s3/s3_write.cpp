#include "worker/storage/s3/s3_write.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/digest.h"
#include "worker/storage/s3/checksum.h"
#include "worker/storage/s3/s3_listing.h"

namespace visionops::storage {
namespace {

/// Different for each write of each process: by it a write knows itself again when its reply was lost.
std::string writer_name() {
  std::random_device device;
  std::string out;
  for (int i = 0; i < 4; ++i) out += std::to_string(device()) + (i < 3 ? "-" : "");
  return out;
}

std::string line(const char* name, const std::string& value) { return std::string(name) + ": " + value; }

std::vector<std::string> metadata(const std::string& writer, const std::string& sha256) {
  return {line("content-type", "application/octet-stream"), line(kWriterHeader, writer), line(kDigestHeader, sha256)};
}

/// Cuts chunks of any size into parts of one size.
class PartBuffer {
 public:
  PartBuffer(MultipartUpload& upload, std::int64_t size) : upload_(upload), size_(static_cast<std::size_t>(size)) {
    bytes_.reserve(size_);
  }

  Status take(std::string_view chunk) {
    hash_.update(chunk);
    total_ += static_cast<std::int64_t>(chunk.size());
    while (!chunk.empty()) {
      const auto count = std::min(size_ - bytes_.size(), chunk.size());
      bytes_.append(chunk.substr(0, count));
      chunk.remove_prefix(count);
      if (bytes_.size() < size_) continue;
      if (auto added = flush(); !added) return added;
    }
    return {};
  }

  Result<StoredFile> end() {
    if (!bytes_.empty()) {
      if (auto added = flush(); !added) return added.error();
    }
    return StoredFile{total_, hash_.hex()};
  }

 private:
  Status flush() {
    auto added = upload_.add(bytes_);
    bytes_.clear();
    return added;
  }

  MultipartUpload& upload_;
  std::size_t size_;
  std::string bytes_;
  std::int64_t total_ = 0;
  Sha256 hash_;
};

}  // namespace

/// What an answer to a conditional write means. After a lost reply the refusal may be about our own object.
Status S3Writer::settle(const Result<S3Answer>& answer, const std::string& path, const std::string& writer) {
  if (!answer) return answer.error();
  const auto& response = answer->response;
  if (is_success(response) && s3_error_code(response).empty()) return {};
  const bool gone_or_taken = response.status == 412 || response.status == 404;
  if (gone_or_taken && answer->attempts > 1) {
    const auto there = head_object(client_, path);
    if (there && there->writer == writer) return {};
    if (response.status == 404) return retry_error(path + ": the upload was lost");
  }
  return s3_error(response, path);
}

Status S3Writer::complete(MultipartUpload& upload, const std::string& path, const std::string& writer, bool new_only) {
  const bool ask = new_only && conditional_;
  auto answer = upload.complete(ask);
  if (ask && answer && answer->response.status == 501) {
    conditional_ = false;
    answer = upload.complete(false);
  }
  return settle(answer, path, writer);
}

Status S3Writer::put(const std::string& path, std::string_view bytes, const StoredFile& wanted, bool new_only) {
  const std::string writer = writer_name();
  auto headers = metadata(writer, wanted.sha256);
  headers.push_back(line("x-amz-checksum-sha256", checksum_of_sha256(wanted.sha256)));
  const bool ask = new_only && conditional_;
  if (ask) headers.push_back(line("if-none-match", "*"));
  const auto answer = client_.send(
      {.method = "PUT", .key = key_of(client_.location(), path), .headers = std::move(headers), .body = bytes});
  if (ask && answer && answer->response.status == 501) {
    conditional_ = false;
    return put(path, bytes, wanted, new_only);
  }
  return settle(answer, path, writer);
}

Status S3Writer::put_parts(const std::string& path, const Chunks& source, const StoredFile& wanted, bool new_only) {
  const std::string writer = writer_name();
  auto upload = MultipartUpload::begin(client_, path, metadata(writer, wanted.sha256));
  if (!upload) return upload.error();
  PartBuffer parts(*upload, part_size(wanted.size));
  if (auto read = source([&](std::string_view chunk) { return parts.take(chunk); }); !read) return read;
  const auto written = parts.end();
  if (!written) return written.error();
  if (written->size != wanted.size || written->sha256 != wanted.sha256) {
    return retry_error(path + ": its source changed while it was copied");
  }
  return complete(*upload, path, writer, new_only);
}

Status S3Writer::copy_at_once(const std::string& source, const std::string& path, const StoredFile& wanted) {
  const std::string writer = writer_name();
  auto headers = metadata(writer, wanted.sha256);
  headers.push_back(line("x-amz-copy-source", source));
  headers.push_back(line("x-amz-metadata-directive", "REPLACE"));
  headers.push_back(line("x-amz-checksum-algorithm", "SHA256"));
  return settle(
      client_.send(
          {.method = "PUT", .key = key_of(client_.location(), path), .headers = std::move(headers), .long_work = true}),
      path, writer);
}

Status S3Writer::copy(const std::string& source, const Unchanged& unchanged, const std::string& path,
                      const StoredFile& wanted, bool new_only) {
  if (!new_only) {
    auto copied = copy_at_once(source, path, wanted);
    return copied ? unchanged() : copied;
  }
  const std::string writer = writer_name();
  auto upload = MultipartUpload::begin(client_, path, metadata(writer, wanted.sha256));
  if (!upload) return upload.error();
  if (auto added = upload->add_copy(source); !added) return added;
  if (auto checked = unchanged(); !checked) return checked;
  return complete(*upload, path, writer, new_only);
}

}  // namespace visionops::storage
