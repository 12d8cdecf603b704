// A large object in parts: visible only when it is completed, never in part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/storage/s3/s3_client.h"

namespace visionops::storage {

/// Size of the parts of an object of `total` bytes: 8 MiB, more where that would be more than 10,000 parts.
std::int64_t part_size(std::int64_t total);

/// Not thread-safe. What was not completed is aborted with the object; a killed process leaves its parts to the
/// bucket's lifecycle rule (docs/install.md).
class MultipartUpload {
 public:
  /// `headers` (metadata) become those of the object.
  static Result<MultipartUpload> begin(S3Client& client, const std::string& path, std::vector<std::string> headers);
  MultipartUpload(MultipartUpload&& other) noexcept;
  MultipartUpload& operator=(MultipartUpload&&) = delete;
  ~MultipartUpload();

  /// Every part but the last has at least 5 MiB.
  Status add(std::string_view bytes);
  /// Another object of the server ("/BUCKET/KEY", encoded), of at most 5 GiB, as one part.
  Status add_copy(const std::string& source);
  /// Makes the object appear, with `new_only` only when there is none of this name (412 else). 404: the upload is
  /// not known any more, so an earlier attempt may have completed it.
  Result<S3Answer> complete(bool new_only);

 private:
  MultipartUpload(S3Client& client, std::string path, std::string id)
      : client_(&client), path_(std::move(path)), id_(std::move(id)) {}
  [[nodiscard]] Query next_part() const;
  Status keep(const std::string& etag);

  S3Client* client_;
  std::string path_;
  std::string id_;  ///< empty: nothing to abort
  std::vector<std::string> etags_;
};

}  // namespace visionops::storage
