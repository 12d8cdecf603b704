// Following a file of lines that another process appends to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace visionops::sidecar {

struct TailLine {
  std::int64_t offset = 0;  ///< of its first byte in the file
  std::string text;         ///< without the line break
};

/// Not thread-safe. The file may be missing, may grow by parts of lines, may be cut (then it is read from
/// the start), and may be replaced by another file of the same name.
class LineTail {
 public:
  /// Starts at `offset`, or at 0 when the file is shorter. Lines longer than `max_line` bytes are left out.
  LineTail(std::filesystem::path path, std::int64_t offset, std::size_t max_line);
  ~LineTail();
  LineTail(const LineTail&) = delete;
  LineTail& operator=(const LineTail&) = delete;

  /// Whole lines that were added since the last call, about `max_bytes` of them at most. A line without its
  /// end waits for a later call.
  std::vector<TailLine> poll(std::size_t max_bytes);
  /// Of the first byte that no returned line covers.
  [[nodiscard]] std::int64_t offset() const { return line_start_; }
  [[nodiscard]] std::int64_t oversized_lines() const { return oversized_; }

 private:
  bool open_current();
  void restart();
  void take(const char* bytes, std::size_t size, std::vector<TailLine>& lines);

  std::filesystem::path path_;
  std::size_t max_line_;
  int file_ = -1;
  std::uint64_t inode_ = 0;
  std::int64_t read_offset_ = 0;  // of the next byte to read
  std::int64_t line_start_ = 0;
  std::string partial_;
  bool skipping_ = false;  // inside an oversized line
  std::int64_t oversized_ = 0;
};

}  // namespace visionops::sidecar
