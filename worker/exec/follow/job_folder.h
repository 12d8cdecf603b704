// The folder that a trainer works in, looked at without trusting it: no link is followed, nothing is read without a
// bound, nothing outside of it is reached.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops::exec {

inline constexpr std::size_t kMostFoundPaths = 1024;   ///< of one pattern
inline constexpr std::size_t kMostFolderFiles = 4096;  ///< of a checkpoint that is a folder

/// A file as stat(2) shows it. Equal marks: nobody wrote in between, as far as can be seen.
struct FileMark {
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileMark&) const = default;

  [[nodiscard]] TimePoint modified() const;
};

struct FoundFile {
  std::string path;  ///< below the job's folder
  FileMark mark;
};

class JobFolder {
 public:
  static Result<JobFolder> open(const std::string& path);

  /// Regular files that the pattern names ('*' within one name), or the folders; in the order of their names, at most
  /// kMostFoundPaths.
  [[nodiscard]] std::vector<FoundFile> find(std::string_view pattern, bool folders) const;
  /// All regular files below a folder, sorted by path. Invalid: more than kMostFolderFiles, or deeper than 8.
  [[nodiscard]] Result<std::vector<FoundFile>> files_below(const std::string& folder) const;
  /// A regular file for reading; links, devices and pipes are Invalid.
  [[nodiscard]] Result<FileDescriptor> open_file(const std::string& path) const;
  /// The whole of it; Invalid: larger than `limit`.
  [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t limit) const;

 private:
  explicit JobFolder(FileDescriptor root) : root_(std::move(root)) {}
  FileDescriptor root_;
};

/// Of an open file; nullopt-like zeros when it cannot be asked.
FileMark mark_of(int fd);

}  // namespace visionops::exec
