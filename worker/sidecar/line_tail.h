// Following a file of lines that another process appends to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/posix/file_descriptor.h"

namespace visionops::sidecar {

struct TailLine {
  std::int64_t offset = 0;  ///< of its first byte in the file
  std::string text;         ///< without the line break
};

inline constexpr std::size_t kSkippedAtOnce = std::size_t{64} << 20;  ///< bytes of an oversized line in one poll()

/// Not thread-safe. The file may be missing, may grow by parts of lines, may be cut (then it is read from
/// the start), and may be replaced by another file of the same name. What is no file of its own (a link, a pipe, a
/// device, a second name of another file) is not opened; the folder stays the one that it was at the beginning.
class LineTail {
 public:
  /// Starts at `offset`, or at 0 when the file is shorter. Lines longer than `max_line` bytes are left out.
  LineTail(const std::filesystem::path& path, std::int64_t offset, std::size_t max_line);

  /// Whole lines that were added since the last call, about `max_bytes` of them at most, and kSkippedAtOnce bytes of
  /// lines that are left out. A line without its end waits for a later call.
  std::vector<TailLine> poll(std::size_t max_bytes);
  /// The last call ended before the file did.
  [[nodiscard]] bool behind() const { return behind_; }
  /// Of the first byte that no returned line covers.
  [[nodiscard]] std::int64_t offset() const { return line_start_; }
  [[nodiscard]] std::int64_t oversized_lines() const { return oversized_; }
  /// Why what lies at the name is not read; empty: it is, or nothing lies there.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  bool open_current();
  void restart();
  void jump_over_hole();
  void take(const char* bytes, std::size_t size, std::vector<TailLine>& lines);

  std::string name_;
  FileDescriptor folder_;
  std::size_t max_line_;
  FileDescriptor file_;
  std::uint64_t inode_ = 0;
  std::string refusal_;
  std::int64_t read_offset_ = 0;  // of the next byte to read
  std::int64_t line_start_ = 0;
  std::string partial_;
  bool skipping_ = false;  // inside an oversized line
  bool behind_ = false;
  std::int64_t oversized_ = 0;
};

}  // namespace visionops::sidecar
