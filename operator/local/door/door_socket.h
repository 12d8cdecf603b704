// The socket of a data folder, through which other processes of the same user talk to the one that owns the folder.
#pragma once

#include <cstddef>
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

/// What a guest may ask in one line: a resource is smaller.
inline constexpr std::size_t kLongestQuestion = 8U << 20U;
/// What an owner may answer in one line: a list of many thousands.
inline constexpr std::size_t kLongestAnswer = 512U << 20U;

/// Lines in, lines out. Not thread-safe.
class LineSocket {
 public:
  /// `longest`: bytes of a line that is read.
  LineSocket(FileDescriptor connection, std::size_t longest) : connection_(std::move(connection)), longest_(longest) {}
  /// Retry when the other end is gone; Invalid when a line is longer than it may be.
  Result<std::string> read_line();
  Status write_line(const std::string& line);
  [[nodiscard]] int fd() const { return connection_.get(); }

 private:
  FileDescriptor connection_;
  std::size_t longest_;
  std::string rest_;
};

}  // namespace visionops::local
