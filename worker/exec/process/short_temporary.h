// TMPDIR under a name that is short enough. Python's data loaders make sockets below it, and the name of a socket has
// at most 107 bytes (unix(7)), which a folder of a laptop's user below which a Pod has its own soon takes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace visionops::exec {

class ShortTemporary {
 public:
  /// Makes the folder that TMPDIR of `environment` names. Where its name is long, the variable names a link to it in
  /// /tmp instead, which lies in a folder of this user's alone: what is made there is on the same file system as
  /// before. Where no link can be made, the long name stays.
  explicit ShortTemporary(std::vector<std::string>& environment);
  /// The link goes, not the folder.
  ~ShortTemporary();
  ShortTemporary(const ShortTemporary&) = delete;
  ShortTemporary& operator=(const ShortTemporary&) = delete;

 private:
  std::filesystem::path folder_;  ///< of the link; empty: there is none
};

}  // namespace visionops::exec
