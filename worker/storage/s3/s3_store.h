// A bucket, or the part of one below a prefix, as a store. Folders are what the names of objects say: one without
// a file is not there.
#pragma once

#include <memory>
#include <string>

#include "worker/storage/s3/s3_client.h"
#include "worker/storage/s3/s3_write.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

/// Beside the promises of StorageClient:
/// - digest() reads all bytes. Where a digest only serves to avoid that (copies within one server, KeepEqual), the
///   SHA-256 that the server keeps of an object counts; of objects that were written in parts, for copies, the one that
///   we left in its metadata: who can change that can change the bytes as well.
/// - At most 8 MiB of a file stand in memory (more from 80 GiB on).
class S3Store final : public StorageClient {
 public:
  explicit S3Store(std::unique_ptr<S3Client> client) : client_(std::move(client)), writer_(*client_) {}

  using StorageClient::list;
  /// A bucket has no links.
  Result<std::vector<FileInfo>> list(const std::string& folder, bool recursive,
                                     std::vector<std::string>* links) override;
  Result<FileInfo> stat(const std::string& path) override;
  Result<std::string> read(const std::string& path, std::int64_t max_bytes, bool prefix_only) override;
  Status read_chunks(const std::string& path, std::int64_t max_bytes,
                     const std::function<Status(std::string_view)>& consume) override;
  Result<StoredFile> digest(const std::string& path) override;
  Result<StoredFile> write(const std::string& path, std::string_view bytes, IfExists if_exists) override;
  Result<StoredFile> copy_from(StorageClient& source, const std::string& source_path, const std::string& path,
                               ImageMode mode, IfExists if_exists) override;
  Status remove(const std::string& path) override;
  Status sync() override;
  Status sweep(const std::string& folder) override;

 private:
  Status check_path(const std::string& path) const;
  Status check_target(const std::string& path) const;
  /// Runs `put(new_only)` as `if_exists` says; `wanted` are the bytes that it would write.
  Result<StoredFile> place(const std::string& path, const StoredFile& wanted, IfExists if_exists,
                           const std::function<Status(bool new_only)>& put);
  Result<StoredFile> existing_equal_to(const StoredFile& wanted, const std::string& path);
  /// nullopt where the server cannot copy it by itself.
  Result<std::optional<StoredFile>> copy_within_server(S3Store& source, const std::string& source_path,
                                                       const std::string& path, IfExists if_exists);

  std::unique_ptr<S3Client> client_;
  S3Writer writer_;
};

}  // namespace visionops::storage
