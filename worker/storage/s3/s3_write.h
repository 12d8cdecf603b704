// New objects: whole or not at all, and by default only where there is none yet.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/storage/s3/multipart_upload.h"
#include "worker/storage/s3/s3_client.h"
#include "worker/storage/s3/s3_object.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

/// Files up to this size are one request and stand in memory; larger ones go in parts.
inline constexpr std::int64_t kSinglePut = 8 * 1024 * 1024;

/// What a server copies as one request or one part.
inline constexpr std::int64_t kMaxServerCopy = std::int64_t{5} * 1024 * 1024 * 1024;

/// Ok while the source of a copy is the one that was looked at.
using Unchanged = std::function<Status()>;

/// Hands the bytes of a source to `consume`, as StorageClient::read_chunks does.
using Chunks = std::function<Status(const std::function<Status(std::string_view)>& consume)>;

/// Writes one object at `path`. Between a look at the name and the write another writer may come: the server is asked
/// to refuse then (If-None-Match); one that cannot (501) is told apart once and not asked again. Thread-safe.
class S3Writer {
 public:
  explicit S3Writer(S3Client& client) : client_(client) {}

  /// `wanted` describes the bytes. AlreadyExists when `new_only` and the name is taken.
  Status put(const std::string& path, std::string_view bytes, const StoredFile& wanted, bool new_only);
  /// The same in parts, from a source that is read once. Retry when the source gives other bytes than `wanted`.
  Status put_parts(const std::string& path, const Chunks& source, const StoredFile& wanted, bool new_only);
  /// An object of the same server ("/BUCKET/KEY", encoded) that `wanted` describes, without moving its bytes through
  /// here; at most kMaxServerCopy. `unchanged` is asked afterwards: x-amz-copy-source-if-match would ask the server,
  /// but libcurl before 8.10 sorts it wrongly for the signature.
  Status copy(const std::string& source, const Unchanged& unchanged, const std::string& path, const StoredFile& wanted,
              bool new_only);

 private:
  Status copy_at_once(const std::string& source, const std::string& path, const StoredFile& wanted);
  Status complete(MultipartUpload& upload, const std::string& path, const std::string& writer, bool new_only);
  Status settle(const Result<S3Answer>& answer, const std::string& path, const std::string& writer);

  S3Client& client_;
  std::atomic<bool> conditional_{true};
};

}  // namespace visionops::storage
