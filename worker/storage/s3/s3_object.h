// One object of a bucket: what is known of it, its bytes, and its removal. `path` is the path in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/storage/s3/s3_client.h"

namespace visionops::storage {

/// Metadata of objects that we wrote.
inline constexpr const char* kWriterHeader = "x-amz-meta-visionops-writer";
inline constexpr const char* kDigestHeader = "x-amz-meta-visionops-sha256";

struct ObjectHead {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string etag;
  std::string checksum;  ///< SHA-256 that the server itself took of all bytes, 64 hex digits; empty: it has none
  std::string digest;    ///< what the writer of the metadata says; empty: nothing
  std::string writer;    ///< of the metadata: tells our own write from another's
};

/// NotFound when there is no object of this name.
Result<ObjectHead> head_object(S3Client& client, const std::string& path);

/// At most `limit` bytes from the start; an empty object gives "".
Result<std::string> read_object_prefix(S3Client& client, const std::string& path, std::int64_t limit);

/// Hands over all bytes in order. A broken transfer goes on where it was, with the same object or not at all.
/// Invalid before the first byte when the object is larger than `max_bytes`.
Status read_object(S3Client& client, const std::string& path, std::int64_t max_bytes,
                   const std::function<Status(std::string_view)>& consume);

/// Removes it, or does nothing when it is not there.
Status delete_object(S3Client& client, const std::string& path);

/// "too large" with both sizes, as every store says it.
Error object_too_large(const std::string& path, std::int64_t size, std::int64_t max_bytes);

}  // namespace visionops::storage
