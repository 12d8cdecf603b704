// The socket of a data folder, through which other processes of the same user talk to the one that owns the folder.
#pragma once

#include <filesystem>
#include <string>

#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops::local {

/// Of mode 0600 inside the data folder.
inline constexpr const char* kDoorName = "visionops.sock";

/// The owner of the folder listens; what an earlier owner left is replaced.
Result<FileDescriptor> listen_at_door(const std::filesystem::path& data);

/// NotFound when nobody listens.
Result<FileDescriptor> knock_at_door(const std::filesystem::path& data);

/// Whether the other end is a process of our user, or of root.
bool is_same_user(int connection);

/// Lines in, lines out. Not thread-safe.
class LineSocket {
 public:
  explicit LineSocket(FileDescriptor connection) : connection_(std::move(connection)) {}
  /// Retry when the other end is gone; Invalid when a line has more than 8 MiB.
  Result<std::string> read_line();
  Status write_line(const std::string& line);
  [[nodiscard]] int fd() const { return connection_.get(); }

 private:
  FileDescriptor connection_;
  std::string rest_;
};

}  // namespace visionops::local
