// A directory as a store.
#pragma once

#include <string>

#include "base/posix/file_descriptor.h"
#include "worker/storage/beneath/new_file.h"
#include "worker/storage/local/folder_cache.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

/// Who writes into a folder that is read: a Stranger may give a name of its own to a file that is not its own.
enum class Writer { Trusted, Stranger };

class LocalStore final : public StorageClient {
 public:
  LocalStore(FileDescriptor root, Durability durability, Writer writer = Writer::Trusted)
      : root_(std::move(root)), durability_(durability), writer_(writer), folders_(root_.get()) {}

  using StorageClient::list;
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
  struct Target;
  using Fill = std::function<Result<StoredFile>(NewFile&)>;

  Result<FileDescriptor> open_file(const std::string& path) const;
  /// The existing file at `path` when it has these bytes; AlreadyExists when it has others; NotFound.
  Result<StoredFile> existing_equal_to(const StoredFile& wanted, const std::string& path);
  /// Runs `attempt` on the opened folder of `path`; once more when the cached folder was removed meanwhile.
  Result<StoredFile> in_folder_of(const std::string& path,
                                  const std::function<Result<StoredFile>(const Target&)>& attempt);
  Result<StoredFile> write_new(const std::string& path, bool replace, const Fill& fill);
  /// From a store of another kind.
  Result<StoredFile> stream_from(StorageClient& source, const std::string& source_path, const std::string& path,
                                 IfExists if_exists);
  Result<StoredFile> link_new(int source, const std::string& path, bool replace);

  FileDescriptor root_;
  Durability durability_;
  Writer writer_;
  FolderCache folders_;
};

}  // namespace visionops::storage
