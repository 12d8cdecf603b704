// What the Python environment of a runtime is made of: a file of operator/runtimes/locks, pinned by hash. PURE.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace visionops::runtimes {

struct LockFile {
  std::string_view name;  ///< "timm.txt"
  std::string_view text;
};

/// The files that are part of the program.
std::span<const LockFile> lock_files();
/// The text of one of them; empty when there is none of that name.
std::string_view lock_file(std::string_view name);

/// A folder of another digest was made of other packages: 16 hexadecimal digits over the text of the lock.
std::string lock_digest(std::string_view text);
/// The lines for a machine without a GPU: what follows "# --cpu leaves out:" is not among them.
std::string_view cpu_part(std::string_view text);
/// How many packages it names.
std::size_t count_packages(std::string_view text);

}  // namespace visionops::runtimes
