// StorageClient: one declared store, addressed by relative paths. Virtual edge: a local directory
// (openat2 with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS), or a bucket (s3/).
//
// Promises of every implementation:
// - paths are untrusted: absolute, "..", NUL, backslash, empty components, links and device files are
//   refused with Invalid, and nothing outside the store is ever touched;
// - files appear whole or not at all; parent folders are made as needed;
// - all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/storage/beneath/new_file.h"

namespace visionops::storage {

struct FileInfo {
  std::string path;  ///< relative to the store, '/' separated
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  bool directory = false;
};

enum class IfExists {
  Fail,       ///< AlreadyExists
  KeepEqual,  ///< ok when the existing file has the same bytes, else AlreadyExists
  Replace,    ///< atomically
};

struct StoredFile {
  std::int64_t size = 0;
  std::string sha256;  ///< 64 hex digits of the bytes
};

class StorageClient {
 public:
  virtual ~StorageClient() = default;
  /// Regular files (and folders when not recursive) below `folder`, sorted by path bytewise.
  /// NotFound when the folder is missing. Links and special files are left out, and keys of a bucket that are no
  /// path; the paths of links and special files go to `links` when it is given, sorted likewise.
  virtual Result<std::vector<FileInfo>> list(const std::string& folder, bool recursive,
                                             std::vector<std::string>* links) = 0;
  Result<std::vector<FileInfo>> list(const std::string& folder, bool recursive) {
    return list(folder, recursive, nullptr);
  }
  virtual Result<FileInfo> stat(const std::string& path) = 0;
  /// Reads at most `max_bytes` from the start; a larger file is Invalid unless `prefix_only`.
  virtual Result<std::string> read(const std::string& path, std::int64_t max_bytes, bool prefix_only = false) = 0;
  /// Hands the bytes to `consume` in order, in chunks of at most 1 MiB; stops at its first error and returns it.
  /// For files that shall not stand in memory as a whole; the file is opened once, so size and bytes agree.
  virtual Status read_chunks(const std::string& path, std::int64_t max_bytes,
                             const std::function<Status(std::string_view)>& consume) = 0;
  /// Size and SHA-256 of the bytes, read once.
  virtual Result<StoredFile> digest(const std::string& path) = 0;
  virtual Result<StoredFile> write(const std::string& path, std::string_view bytes, IfExists if_exists) = 0;
  /// Copies (reflink; within the server between buckets) or hard-links a file of `source`, which may be of
  /// another kind; Link falls back to a copy where there are no links. The digest is of the bytes that arrived.
  virtual Result<StoredFile> copy_from(StorageClient& source, const std::string& source_path, const std::string& path,
                                       ImageMode mode, IfExists if_exists) = 0;
  /// Removes a file or an empty folder; NotFound is ok for the caller to ignore. In a bucket a folder goes with its
  /// last file.
  virtual Status remove(const std::string& path) = 0;
  /// Returns when everything written so far is durable: once per batch, before the file that makes the
  /// batch exist (manifest.json). Files are not synced one by one, that would cost 3-10x in throughput.
  virtual Status sync() = 0;
  /// Removes what killed writers left in `folder` and below. For whoever alone writes there: a writer that still lives
  /// would fail. Ok when the folder is missing.
  virtual Status sweep(const std::string& folder) = 0;
};

/// What sync() does: Synced survives a power cut; Cached leaves it to the kernel, as cp and other tools by hand do.
/// A killed process loses nothing either way.
enum class Durability { Synced, Cached };

/// Opens the directory that stands for a store; NotFound when it is missing.
Result<std::shared_ptr<StorageClient>> open_local_store(const std::string& directory,
                                                        Durability durability = Durability::Synced);
/// The bucket that $VISIONOPS_STORE_NAME tells of (contract/store_location.h), else the folder
/// $VISIONOPS_STORES/NAME (default /stores/NAME); `name` must be a DNS label.
Result<std::shared_ptr<StorageClient>> open_store(const std::string& name);

/// The purely lexical part of the path check, for plans and messages; the reason when refused.
Status check_relative_path(std::string_view path);

}  // namespace visionops::storage
