#include "worker/exec/follow/checkpoint_copy.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "worker/exec/follow/open_bytes.h"
#include "worker/exec/follow/tar_file.h"
#include "worker/framework/checkpoints/checkpoint_files.h"
#include "worker/storage/beneath/new_file.h"
#include "worker/storage/beneath/system_error.h"

namespace visionops::exec {

namespace {

constexpr std::size_t kCopiedAtOnce = std::size_t{64} << 20;
constexpr std::size_t kReadAtOnce = std::size_t{1} << 20;
constexpr mode_t kReadable = 0644;  // whatever the umask is: the sidecar may be another user

Error changed(const std::string& path) { return conflict_error(path + ": was written while it was copied"); }

/// By reading and writing, where the kernel cannot copy between these two.
Status copy_by_hand(int from, std::int64_t left, storage::NewFile& target, const std::string& path) {
  std::string buffer(kReadAtOnce, '\0');
  while (left > 0) {
    const ssize_t n = ::read(from, buffer.data(), std::min(buffer.size(), static_cast<std::size_t>(left)));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return storage::system_error(errno, path);
    if (n == 0) return changed(path);
    if (auto status = target.append({buffer.data(), static_cast<std::size_t>(n)}); !status) return status;
    left -= n;
  }
  return {};
}

/// `size` bytes of the file at the end of `target`.
Status append_file(int from, std::int64_t size, storage::NewFile& target, const std::string& path) {
  std::int64_t left = size;
  while (left > 0) {
    const auto wanted = std::min(kCopiedAtOnce, static_cast<std::size_t>(left));
    const ssize_t n = ::copy_file_range(from, nullptr, target.fd(), nullptr, wanted, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO)) return storage::system_error(errno, path);
    if (n < 0) return copy_by_hand(from, left, target, path);
    if (n == 0) return changed(path);
    left -= n;
  }
  return {};
}

Status copy_one(const JobFolder& job, const FoundFile& file, storage::NewFile& target) {
  const auto from = job.open_file(file.path);
  if (!from) return from.error();
  if (mark_of(from->get()) != file.mark) return changed(file.path);
  const bool cloned = ::ioctl(target.fd(), FICLONE, from->get()) == 0;
  if (!cloned) {
    if (auto status = append_file(from->get(), file.mark.size, target, file.path); !status) return status;
  }
  if (mark_of(from->get()) != file.mark || mark_of(target.fd()).size != file.mark.size) return changed(file.path);
  // Two writes within one tick of the file system's clock leave equal marks: the copy is looked at, too.
  const auto whole =
      framework::check_whole(file.path.substr(file.path.rfind('/') + 1), OpenBytes(target.fd(), file.path));
  return whole ? Status() : Status(changed(file.path));
}

Status copy_folder(const JobFolder& job, const WholeCheckpoint& checkpoint, storage::NewFile& target) {
  const auto above = checkpoint.path.rfind('/') + 1;  // frameworks read their step from the folder's own name: it stays
  for (const auto& file : checkpoint.files) {
    const auto from = job.open_file(file.path);
    if (!from) return from.error();
    const auto header = tar_header(file.path.substr(above), file.mark.size);
    if (!header) return header.error();
    if (auto status = target.append(*header); !status) return status;
    if (auto status = append_file(from->get(), file.mark.size, target, file.path); !status) return status;
    if (auto status = target.append(tar_padding(file.mark.size)); !status) return status;
  }
  const auto after = job.files_below(checkpoint.path);
  if (!after) return after.error();
  const bool same = std::ranges::equal(
      *after, checkpoint.files, [](const auto& a, const auto& b) { return a.path == b.path && a.mark == b.mark; });
  return same ? target.append(tar_end()) : Status(changed(checkpoint.path));
}

}  // namespace

Status copy_checkpoint(const JobFolder& job, const WholeCheckpoint& checkpoint, int folder, const std::string& name) {
  auto target = storage::NewFile::create(folder, name);
  if (!target) return target.error();
  const auto copied =
      checkpoint.folder ? copy_folder(job, checkpoint, *target) : copy_one(job, checkpoint.files.front(), *target);
  if (!copied) return copied.error().cls == ErrorClass::NotFound ? Status(changed(checkpoint.path)) : copied;
  (void)::fchmod(target->fd(), kReadable);
  return target->place(name, /*replace=*/true);
}

}  // namespace visionops::exec
