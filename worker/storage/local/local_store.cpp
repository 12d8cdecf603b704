#include "worker/storage/local/local_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "base/digest.h"
#include "base/quantity.h"
#include "worker/storage/beneath/open_beneath.h"
#include "worker/storage/beneath/system_error.h"
#include "worker/storage/local/file_bytes.h"
#include "worker/storage/local/stranger_folder.h"

namespace visionops::storage {

namespace {

constexpr std::size_t kReadChunk = 1024 * 1024;
constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

Error too_large(const std::string& path, std::int64_t size, std::int64_t max_bytes) {
  return invalid_error(path + ": has " + format_bytes(size) + ", at most " + format_bytes(max_bytes) + " are accepted");
}

Result<std::int64_t> size_of(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return system_error(errno, path);
  return static_cast<std::int64_t>(info.st_size);
}

/// Whether an open folder has no name any more; what creating a file in it then answers depends on the file system.
bool is_removed(int folder) {
  struct stat info {};
  return ::fstat(folder, &info) == 0 && info.st_nlink == 0;
}

Result<std::string> read_prefix(int fd, const std::string& path, std::size_t limit) {
  std::string bytes(limit, '\0');
  std::size_t filled = 0;
  while (filled < limit) {
    const ssize_t n = ::read(fd, bytes.data() + filled, limit - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

/// Where a new file goes: its open folder and its name in it.
struct LocalStore::Target {
  int folder;
  std::string name;
};

Result<FileDescriptor> LocalStore::open_file(const std::string& path) const {
  if (auto checked = check_relative_path(path); !checked) return checked.error();
  if (writer_ == Writer::Trusted) return open_regular_file(root_.get(), path);
  return open_file_of_stranger(root_.get(), path);
}

Result<FileInfo> LocalStore::stat(const std::string& path) {
  if (auto checked = check_relative_path(path); !path.empty() && !checked) return checked.error();
  auto fd = open_beneath(root_.get(), path, O_PATH);
  if (!fd) return fd.error();
  struct stat info {};
  if (::fstat(fd->get(), &info) != 0) return system_error(errno, path);
  if (S_ISLNK(info.st_mode)) return system_error(ELOOP, path);
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return invalid_error(path + ": is not a regular file");
  return FileInfo{path, info.st_size, info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec,
                  S_ISDIR(info.st_mode)};
}

Result<std::string> LocalStore::read(const std::string& path, std::int64_t max_bytes, bool prefix_only) {
  auto fd = open_file(path);
  if (!fd) return fd.error();
  const auto size = size_of(fd->get(), path);
  if (!size) return size.error();
  if (*size > max_bytes && !prefix_only) return too_large(path, *size, max_bytes);
  return read_prefix(fd->get(), path, static_cast<std::size_t>(std::min(*size, max_bytes)));
}

Status LocalStore::read_chunks(const std::string& path, std::int64_t max_bytes,
                               const std::function<Status(std::string_view)>& consume) {
  auto fd = open_file(path);
  if (!fd) return fd.error();
  const auto size = size_of(fd->get(), path);
  if (!size) return size.error();
  if (*size > max_bytes) return too_large(path, *size, max_bytes);
  return for_each_chunk(fd->get(), path, kReadChunk, consume);
}

Result<StoredFile> LocalStore::digest(const std::string& path) {
  auto fd = open_file(path);
  if (!fd) return fd.error();
  return digest_of_open_file(fd->get(), path);
}

Result<StoredFile> LocalStore::existing_equal_to(const StoredFile& wanted, const std::string& path) {
  auto fd = open_file(path);
  if (!fd) return fd.error();
  const auto size = size_of(fd->get(), path);
  if (!size) return size.error();
  if (*size == wanted.size) {
    auto found = digest_of_open_file(fd->get(), path);
    if (!found || found->sha256 == wanted.sha256) return found;
  }
  return Error{ErrorClass::AlreadyExists, path + ": exists already with other content"};
}

Result<StoredFile> LocalStore::in_folder_of(const std::string& path,
                                            const std::function<Result<StoredFile>(const Target&)>& attempt) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  for (bool retried = false;; retried = true) {
    const auto fd = folders_.for_writing(folder);
    if (!fd) return fd.error();
    auto stored = attempt(Target{(*fd)->get(), name});
    if (stored.ok() || retried || !is_removed((*fd)->get())) return stored;
    folders_.forget(folder);
  }
}

Result<StoredFile> LocalStore::write_new(const std::string& path, bool replace, const Fill& fill) {
  return in_folder_of(path, [&](const Target& target) -> Result<StoredFile> {
    auto file = NewFile::create(target.folder, path);
    if (!file) return file.error();
    auto filled = fill(*file);
    if (!filled) return filled;
    if (auto placed = file->place(target.name, replace); !placed) return placed.error();
    return filled;
  });
}

Result<StoredFile> LocalStore::write(const std::string& path, std::string_view bytes, IfExists if_exists) {
  if (auto checked = check_relative_path(path); !checked) return checked.error();
  const StoredFile wanted{static_cast<std::int64_t>(bytes.size()), sha256_hex(bytes)};
  if (if_exists == IfExists::KeepEqual) {
    auto found = existing_equal_to(wanted, path);
    if (found.ok() || found.error().cls != ErrorClass::NotFound) return found;
  }
  auto written = write_new(path, if_exists == IfExists::Replace, [&](NewFile& file) -> Result<StoredFile> {
    if (auto appended = file.append(bytes); !appended) return appended.error();
    return wanted;
  });
  // another writer was faster between our look and our link
  const bool raced = !written.ok() && written.error().cls == ErrorClass::AlreadyExists;
  return raced && if_exists == IfExists::KeepEqual ? existing_equal_to(wanted, path) : written;
}

Result<StoredFile> LocalStore::link_new(int source, const std::string& path, bool replace) {
  auto digest = digest_of_open_file(source, path);
  if (!digest) return digest;
  auto linked = in_folder_of(path, [&](const Target& target) -> Result<StoredFile> {
    auto done = link_open_file(source, target.folder, target.name, path, replace);
    if (!done) return done.error();
    if (*done) return *digest;
    auto file = NewFile::create(target.folder, path);
    if (!file) return file.error();
    auto copied = copy_open_file(source, *file, path);
    if (!copied) return copied;
    if (auto placed = file->place(target.name, replace); !placed) return placed.error();
    return copied;
  });
  return linked;
}

Result<StoredFile> LocalStore::stream_from(StorageClient& source, const std::string& source_path,
                                           const std::string& path, IfExists if_exists) {
  const auto keep_equal = [&]() -> Result<StoredFile> {
    auto wanted = source.digest(source_path);
    return wanted.ok() ? existing_equal_to(*wanted, path) : wanted;
  };
  if (if_exists == IfExists::KeepEqual && stat(path).ok()) return keep_equal();
  auto stored = write_new(path, if_exists == IfExists::Replace, [&](NewFile& file) -> Result<StoredFile> {
    StoredFile out;
    Sha256 hash;
    auto read = source.read_chunks(source_path, kNoLimit, [&](std::string_view chunk) {
      hash.update(chunk);
      out.size += static_cast<std::int64_t>(chunk.size());
      return file.append(chunk);
    });
    if (!read) return read.error();
    out.sha256 = hash.hex();
    return out;
  });
  const bool raced = !stored.ok() && stored.error().cls == ErrorClass::AlreadyExists;
  return raced && if_exists == IfExists::KeepEqual ? keep_equal() : stored;
}

Result<StoredFile> LocalStore::copy_from(StorageClient& source, const std::string& source_path, const std::string& path,
                                         ImageMode mode, IfExists if_exists) {
  if (auto checked = check_relative_path(path); !checked) return checked.error();
  auto* local = dynamic_cast<LocalStore*>(&source);
  if (local == nullptr) return stream_from(source, source_path, path, if_exists);
  auto from = local->open_file(source_path);
  if (!from) return from.error();
  const auto keep_equal = [&]() -> Result<StoredFile> {
    auto wanted = digest_of_open_file(from->get(), source_path);
    return wanted.ok() ? existing_equal_to(*wanted, path) : wanted;
  };
  if (if_exists == IfExists::KeepEqual && stat(path).ok()) return keep_equal();
  const bool replace = if_exists == IfExists::Replace;
  auto stored = mode == ImageMode::Link
                    ? link_new(from->get(), path, replace)
                    : write_new(path, replace, [&](NewFile& file) { return copy_open_file(from->get(), file, path); });
  const bool raced = !stored.ok() && stored.error().cls == ErrorClass::AlreadyExists;
  return raced && if_exists == IfExists::KeepEqual ? keep_equal() : stored;
}

Status LocalStore::remove(const std::string& path) {
  if (auto checked = check_relative_path(path); !checked) return checked.error();
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  auto fd = open_folder(root_.get(), folder, false);
  if (!fd) return fd.error();
  if (::unlinkat(fd->get(), name.c_str(), 0) == 0) return {};
  if (errno != EISDIR) return system_error(errno, path);
  if (::unlinkat(fd->get(), name.c_str(), AT_REMOVEDIR) != 0) return system_error(errno, path);
  folders_.forget(path);
  return {};
}

Status LocalStore::sync() {
  if (durability_ == Durability::Cached) return {};
  if (::syncfs(root_.get()) != 0) return system_error(errno, "sync");
  return {};
}

Status LocalStore::sweep(const std::string& folder) {
  std::vector<std::string> pending{folder};
  while (!pending.empty()) {
    const std::string path = std::move(pending.back());
    pending.pop_back();
    const auto fd = open_folder(root_.get(), path, false);
    if (!fd && fd.error().cls == ErrorClass::NotFound) continue;
    if (!fd) return fd.error();
    for (const std::string& name : remove_temporaries(fd->get())) {
      pending.push_back(path.empty() ? name : path + "/" + name);
    }
  }
  return {};
}

Result<std::shared_ptr<StorageClient>> open_local_store(const std::string& directory, Durability durability) {
  FileDescriptor root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return system_error(errno, directory);
  return std::shared_ptr<StorageClient>(std::make_shared<LocalStore>(std::move(root), durability));
}

}  // namespace visionops::storage
