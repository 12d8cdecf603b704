// A small real dataset on disk: bright discs and squares on grey, as COCO in the platform's layout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "worker/contract/run_spec.h"

namespace visionops::train {

/// A folder below the system's temporary folder that vanishes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Writes images/NNN.png and annotation.json with `images` scenes of 64 x 48 pixels, one or two objects each.
void write_scenes(const std::filesystem::path& folder, int images, std::uint64_t seed);

contract::DatasetLocation scene_location(const std::string& name, const std::string& path);

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace visionops::train
