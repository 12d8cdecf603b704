// job.log and job.log.1 in the Pod's folder: the newest of what the trainer said, at most twice kLogHalf of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <thread>

#include "base/posix/file_descriptor.h"
#include "worker/exec/process/byte_queue.h"

namespace visionops::exec {

inline constexpr const char* kLogFile = "job.log";
inline constexpr std::size_t kLogHalf = std::size_t{8} << 20;  ///< then job.log becomes job.log.1 and begins anew

/// A thread writes. A log that cannot be written is lost and nothing else.
class LogFile {
 public:
  /// An empty folder: there is no log.
  explicit LogFile(const std::filesystem::path& folder);
  ~LogFile() { finish(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  void put(int stream, std::string_view bytes, TimePoint at) { queue_.put(stream, bytes, at); }
  /// Nothing follows; returns when everything is written.
  void finish();

 private:
  void run();
  void open(int more);
  void write(std::string_view bytes);

  ByteQueue queue_;
  const std::filesystem::path path_;
  FileDescriptor file_;
  std::size_t size_ = 0;
  std::jthread thread_;  // last: joined first
};

}  // namespace visionops::exec
