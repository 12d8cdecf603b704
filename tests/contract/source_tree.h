// Reading the repository as data.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace visionops::contract_tests {

std::filesystem::path source_dir();
/// Fails the running test when the file cannot be read.
std::string read_text(const std::filesystem::path& path);
/// Files below `folder` (recursively) with one of the extensions, sorted by path.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                               const std::vector<std::string>& extensions);
/// A fresh empty folder that is removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace visionops::contract_tests
