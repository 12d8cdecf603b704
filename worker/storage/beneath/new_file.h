// A file that appears whole or not at all: written under a temporary name of ours, then given its own
// (docs/decisions/0009).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops::storage {

/// Components that start with this are ours while a file is being written; they are refused as paths, never listed,
/// and swept when their writer is gone.
inline constexpr std::string_view kTemporaryPrefix = ".visionops-tmp-";

/// Not thread-safe; one object, one file. What was not placed vanishes with the object.
class NewFile {
 public:
  /// `folder` must stay open as long as this object lives; `path` is for messages.
  static Result<NewFile> create(int folder, const std::string& path);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  [[nodiscard]] int fd() const { return fd_.get(); }
  Status append(std::string_view bytes);
  /// Gives the file its name. AlreadyExists when the name is taken and not `replace`.
  Status place(const std::string& name, bool replace);

 private:
  NewFile(int folder, std::string path, FileDescriptor fd, std::string temporary)
      : folder_(folder), path_(std::move(path)), fd_(std::move(fd)), temporary_(std::move(temporary)) {}

  int folder_;
  std::string path_;
  FileDescriptor fd_;
  std::string temporary_;  ///< our name in the folder; empty: placed
};

/// Puts a hard link to an open regular file at `name` of `folder`. False when the file system or its
/// rules do not allow it here (another file system, too many links, protected_hardlinks): copy then.
Result<bool> link_open_file(int fd, int folder, const std::string& name, const std::string& path, bool replace);

/// A name that no other process or thread uses.
std::string temporary_name();
/// Removes temporary files whose writer is gone: a dead process of this host, or untouched for an hour.
void sweep_temporaries(int folder);
/// Removes all of them. Returns the names of the folders that stand in this one.
std::vector<std::string> remove_temporaries(int folder);

}  // namespace visionops::storage
