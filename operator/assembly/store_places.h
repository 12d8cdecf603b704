// Where the files of stores lie on this machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace visionops::commands {

struct StorePlace {
  std::string name;
  std::string kind;   ///< "Folder", "Link" or "Bucket"
  std::string place;  ///< an absolute path, links followed; or "s3://bucket/prefix"
  bool there = true;  ///< false: a link that leads nowhere, or a description that cannot be read
};

/// Of a data folder, by name.
std::vector<StorePlace> store_places(const std::filesystem::path& data);

/// "/home/me/.visionops/stores/datasets/raw/a", or "s3://bucket/prefix/raw/a".
std::string place_in_store(const std::filesystem::path& data, const std::string& store, const std::string& path);

}  // namespace visionops::commands
