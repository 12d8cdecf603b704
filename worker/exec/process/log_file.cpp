#include "worker/exec/process/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <system_error>
#include <utility>

#include "base/posix/write_all.h"

namespace visionops::exec {

namespace {

constexpr std::size_t kMostLogBytes = std::size_t{32} << 20;
constexpr Duration kLogLook{500};

}  // namespace

LogFile::LogFile(const std::filesystem::path& folder)
    : queue_(kMostLogBytes), path_(folder.empty() ? folder : folder / kLogFile), thread_([this] { run(); }) {}

void LogFile::run() {
  open(O_APPEND);
  while (!queue_.over()) {
    for (const auto& piece : queue_.take(kLogLook)) {
      if (piece.lost > 0) write("\n[visionops-exec: " + std::to_string(piece.lost) + " bytes are left out here]\n");
      write(piece.bytes);
    }
  }
}

void LogFile::open(int more) {
  file_.reset();
  if (path_.empty()) return;
  FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | more, 0644));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  file_ = std::move(file);
  size_ = static_cast<std::size_t>(info.st_size);
}

void LogFile::write(std::string_view bytes) {
  if (!file_) return;
  if (size_ > 0 && size_ + bytes.size() > kLogHalf) {
    std::error_code ignored;
    std::filesystem::rename(path_, path_.string() + ".1", ignored);
    open(O_TRUNC);
    if (!file_) return;
    size_ = 0;
  }
  size_ += bytes.size();
  (void)write_all(file_.get(), bytes);
}

void LogFile::finish() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

}  // namespace visionops::exec
