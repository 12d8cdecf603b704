#include "worker/dataset/formats/few_json_files.h"

namespace visionops::formats {

std::vector<std::string> few_json_files(const dataset_folder::FolderListing& listing,
                                        const std::function<bool(std::string_view path)>& stands,
                                        const std::function<bool(const std::string& path)>& is_one) {
  constexpr std::size_t kFew = 64;
  std::vector<std::string> files;
  for (const auto& file : listing.files()) {
    const bool json = file.path.ends_with(".json") && !dataset_folder::is_ours(file.path);
    if (json && stands(file.path)) files.push_back(file.path);
  }
  if (files.size() > kFew) return {};
  std::erase_if(files, [&](const std::string& file) { return !is_one(file); });
  return files;
}

}  // namespace visionops::formats
