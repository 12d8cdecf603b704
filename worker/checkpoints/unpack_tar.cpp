#include "worker/checkpoints/unpack_tar.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "base/posix/file_descriptor.h"
#include "base/posix/small_files.h"
#include "base/relative_path.h"
#include "worker/checkpoints/tar_header.h"

namespace visionops::checkpoints {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

/// Fewer bytes than asked for only at the end.
Result<std::string> read_up_to(int fd, std::size_t size, const fs::path& file) {
  std::string out(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = ::read(fd, out.data() + got, size - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read", file);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  out.resize(got);
  return out;
}

class Unpacking {
 public:
  Unpacking(fs::path file, fs::path folder) : file_(std::move(file)), folder_(std::move(folder)) {}

  Result<std::string> run() {
    auto opened = open_file(file_, O_RDONLY | O_NOFOLLOW);
    if (!opened) return opened.error();
    in_ = *std::move(opened);
    if (auto made = make_folders(folder_); !made) return made.error();
    for (std::size_t entries = 0;; ++entries) {
      const auto block = read_up_to(in_.get(), kTarBlock, file_);
      if (!block) return block.error();
      if (block->size() < kTarBlock) return invalid_error(file_.string() + ": ends in the middle");
      const auto header = read_tar_header(*block);
      if (!header) return header.error().in(file_.string());
      if (!*header) return only_top();
      if (entries == kMostTarEntries) return invalid_error(file_.string() + ": has too many entries");
      if (auto taken = take(**header); !taken) return taken.error().in(file_.string());
    }
  }

 private:
  Status take(const TarHeader& header) {
    const std::string path = header.path.starts_with("./") ? header.path.substr(2) : header.path;
    if (header.type == '5' && path == ".") return {};
    if (header.type != '0' && header.type != '5') {
      return invalid_error(path + ": is neither a file nor a folder (type " + header.type + ")");
    }
    if (const auto problem = relative_path_problem(path)) return invalid_error(path + ": " + *problem);
    const auto slash = path.find('/');
    tops_.insert(path.substr(0, slash));
    if (header.type == '5')
      return header.size == 0 ? make_folders(folder_ / path) : invalid_error(path + ": has bytes");
    bare_files_ = bare_files_ || slash == std::string::npos;
    if (auto made = make_folders((folder_ / path).parent_path()); !made) return made;
    return write(path, header.size);
  }

  /// Nothing stands in the folder but what was unpacked, and links were not.
  Status write(const std::string& path, std::uint64_t size) {
    const auto out = open_file(folder_ / path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!out) return errno == EEXIST ? invalid_error(path + ": stands there twice") : out.error();
    for (std::uint64_t left = size; left > 0;) {
      const auto bytes = read_up_to(in_.get(), static_cast<std::size_t>(std::min<std::uint64_t>(left, kChunk)), file_);
      if (!bytes) return bytes.error();
      if (bytes->empty()) return invalid_error(path + ": the archive ends within it");
      if (auto written = write_all(out->get(), *bytes, folder_ / path); !written) return written;
      left -= bytes->size();
    }
    const auto padding =
        read_up_to(in_.get(), static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock), file_);
    return padding ? Status() : Status(padding.error());
  }

  Result<std::string> only_top() const { return tops_.size() == 1 && !bare_files_ ? *tops_.begin() : std::string(); }

  const fs::path file_;
  const fs::path folder_;
  FileDescriptor in_;
  std::set<std::string> tops_;  ///< first components
  bool bare_files_ = false;     ///< some file stands in no folder
};

}  // namespace

bool is_tar(const fs::path& file) { return looks_like_tar(read_untrusted_head(file, kTarBlock)); }

Result<std::string> unpack_tar(const fs::path& file, const fs::path& folder) {
  std::error_code ignored;
  if (fs::symlink_status(folder, ignored).type() != fs::file_type::not_found) {
    return internal_error(folder.string() + " is there already");
  }
  return Unpacking(file, folder).run();
}

}  // namespace visionops::checkpoints
