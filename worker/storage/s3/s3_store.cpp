#include "worker/storage/s3/s3_store.h"

#include <algorithm>
#include <limits>

#include "base/digest.h"
#include "worker/storage/s3/s3_listing.h"
#include "worker/storage/s3/s3_object.h"
#include "worker/storage/s3/utf8.h"

namespace visionops::storage {
namespace {

constexpr std::size_t kMaxKey = 1024;
constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

Error taken(const std::string& path) {
  return {ErrorClass::AlreadyExists, path + ": exists already with other content"};
}

bool is_missing(const Error& error) { return error.cls == ErrorClass::NotFound; }

}  // namespace

Status S3Store::check_path(const std::string& path) const {
  if (auto checked = check_relative_path(path); !checked) return checked;
  if (key_of(client_->location(), path).size() > kMaxKey) {
    return invalid_error("path \"" + path.substr(0, 200) + "\" is too long for an object store");
  }
  if (!is_utf8(path)) return invalid_error("a path that is not UTF-8 cannot be in an object store");
  return {};
}

Status S3Store::check_target(const std::string& path) const {
  if (auto checked = check_path(path); !checked) return checked;
  if (client_->location().read_only) return invalid_error(path + ": the store is open for reading only");
  return {};
}

Result<std::vector<FileInfo>> S3Store::list(const std::string& folder, bool recursive,
                                            std::vector<std::string>* /*links*/) {
  if (auto checked = check_path(folder); !folder.empty() && !checked) return checked.error();
  auto listing = list_objects(*client_, folder, recursive);
  if (!listing) return listing.error();
  if (!listing->exists && !folder.empty()) return not_found_error(folder + ": does not exist");
  std::sort(listing->entries.begin(), listing->entries.end(),
            [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
  return std::move(listing->entries);
}

Result<FileInfo> S3Store::stat(const std::string& path) {
  if (path.empty()) return FileInfo{path, 0, 0, true};
  if (auto checked = check_path(path); !checked) return checked.error();
  const auto head = head_object(*client_, path);
  if (head) return FileInfo{path, head->size, head->mtime_ns, false};
  if (!is_missing(head.error())) return head.error();
  const auto folder = folder_exists(*client_, path);
  if (!folder) return folder.error();
  if (!*folder) return head.error();
  return FileInfo{path, 0, 0, true};
}

Result<std::string> S3Store::read(const std::string& path, std::int64_t max_bytes, bool prefix_only) {
  if (auto checked = check_path(path); !checked) return checked.error();
  if (prefix_only && max_bytes <= kSinglePut) return read_object_prefix(*client_, path, max_bytes);
  std::string bytes;
  auto read = read_object(*client_, path, prefix_only ? kNoLimit : max_bytes, [&](std::string_view chunk) -> Status {
    bytes += chunk;
    return {};
  });
  if (!read) return read.error();
  return bytes;
}

Status S3Store::read_chunks(const std::string& path, std::int64_t max_bytes,
                            const std::function<Status(std::string_view)>& consume) {
  if (auto checked = check_path(path); !checked) return checked;
  return read_object(*client_, path, max_bytes, consume);
}

Result<StoredFile> S3Store::digest(const std::string& path) {
  StoredFile out;
  Sha256 hash;
  auto read = read_chunks(path, kNoLimit, [&](std::string_view chunk) -> Status {
    hash.update(chunk);
    out.size += static_cast<std::int64_t>(chunk.size());
    return {};
  });
  if (!read) return read.error();
  out.sha256 = hash.hex();
  return out;
}

Result<StoredFile> S3Store::existing_equal_to(const StoredFile& wanted, const std::string& path) {
  const auto head = head_object(*client_, path);
  if (!head) return head.error();
  if (head->size != wanted.size) return taken(path);
  if (!head->checksum.empty()) return head->checksum == wanted.sha256 ? Result<StoredFile>(wanted) : taken(path);
  auto found = digest(path);
  if (!found || found->sha256 == wanted.sha256) return found;
  return taken(path);
}

Result<StoredFile> S3Store::place(const std::string& path, const StoredFile& wanted, IfExists if_exists,
                                  const std::function<Status(bool new_only)>& put) {
  if (if_exists == IfExists::KeepEqual) {
    auto found = existing_equal_to(wanted, path);
    if (found.ok() || !is_missing(found.error())) return found;
  } else if (if_exists == IfExists::Fail) {
    const auto there = head_object(*client_, path);
    if (there) return Error{ErrorClass::AlreadyExists, path + ": exists already"};
    if (!is_missing(there.error())) return there.error();
  }
  auto written = put(if_exists != IfExists::Replace);
  if (written) return wanted;
  // another writer was faster between our look and our write
  const bool raced = written.error().cls == ErrorClass::AlreadyExists;
  if (!raced || if_exists != IfExists::KeepEqual) return written.error();
  auto found = existing_equal_to(wanted, path);
  if (found.ok() || !is_missing(found.error())) return found;
  return retry_error(path + ": was written and removed by others meanwhile");
}

Result<StoredFile> S3Store::write(const std::string& path, std::string_view bytes, IfExists if_exists) {
  if (auto checked = check_target(path); !checked) return checked.error();
  const StoredFile wanted{static_cast<std::int64_t>(bytes.size()), sha256_hex(bytes)};
  return place(path, wanted, if_exists, [&](bool new_only) {
    if (wanted.size <= kSinglePut) return writer_.put(path, bytes, wanted, new_only);
    return writer_.put_parts(
        path, [&](const auto& consume) { return consume(bytes); }, wanted, new_only);
  });
}

Result<std::optional<StoredFile>> S3Store::copy_within_server(S3Store& source, const std::string& source_path,
                                                              const std::string& path, IfExists if_exists) {
  using Copied = Result<std::optional<StoredFile>>;
  const auto& from = source.client_->location();
  if (from.endpoint != client_->location().endpoint || source.client_->access_key() != client_->access_key()) {
    return Copied(std::nullopt);
  }
  const auto head = head_object(*source.client_, source_path);
  if (!head) return head.error();
  const StoredFile wanted{head->size, head->checksum.empty() ? head->digest : head->checksum};
  // Of a small file that must be new, a write says more than a copy: the server keeps its checksum.
  const bool small = head->size <= kSinglePut && if_exists != IfExists::Replace;
  if (wanted.sha256.size() != 64 || small || wanted.size > kMaxServerCopy) return Copied(std::nullopt);
  const auto unchanged = [&]() -> Status {
    const auto now = head_object(*source.client_, source_path);
    if (!now) return now.error();
    if (now->etag != head->etag) return retry_error(source_path + ": was replaced while it was copied");
    return {};
  };
  auto placed = place(path, wanted, if_exists, [&](bool new_only) {
    return writer_.copy("/" + from.bucket + "/" + uri_encode(key_of(from, source_path), true), unchanged, path, wanted,
                        new_only);
  });
  if (!placed) return placed.error();
  return Copied(*std::move(placed));
}

Result<StoredFile> S3Store::copy_from(StorageClient& source, const std::string& source_path, const std::string& path,
                                      ImageMode, IfExists if_exists) {
  if (auto checked = check_target(path); !checked) return checked.error();
  if (auto* other = dynamic_cast<S3Store*>(&source); other != nullptr) {
    if (auto checked = other->check_path(source_path); !checked) return checked.error();
    auto copied = copy_within_server(*other, source_path, path, if_exists);
    if (!copied) return copied.error();
    if (*copied) return **std::move(copied);
  }
  const auto info = source.stat(source_path);
  if (!info) return info.error();
  if (info->size <= kSinglePut) {
    const auto bytes = source.read(source_path, kSinglePut);
    if (!bytes) return bytes.error();
    return write(path, *bytes, if_exists);
  }
  const auto wanted = source.digest(source_path);
  if (!wanted) return wanted.error();
  return place(path, *wanted, if_exists, [&](bool new_only) {
    return writer_.put_parts(
        path, [&](const auto& consume) { return source.read_chunks(source_path, wanted->size, consume); }, *wanted,
        new_only);
  });
}

Status S3Store::remove(const std::string& path) {
  if (auto checked = check_target(path); !checked) return checked;
  const auto info = stat(path);
  if (!info) return info.error();
  if (info->directory) return retry_error(path + ": is a folder with files in it");
  return delete_object(*client_, path);
}

/// What the server has confirmed is durable.
Status S3Store::sync() { return {}; }

/// An object has no name before it is whole.
Status S3Store::sweep(const std::string&) { return {}; }

}  // namespace visionops::storage
