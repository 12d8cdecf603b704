// Finding the JSON file of a format whose dataset has one: by its first bytes, not by its name.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/folder/layout.h"

namespace visionops::formats {

/// The JSON files that stand where `stands` says, without the platform's, of those the ones that `is_one` accepts. None
/// when more than 64 stand there: so many are of a format with one for each image, and each would have to be opened.
std::vector<std::string> few_json_files(const dataset_folder::FolderListing& listing,
                                        const std::function<bool(std::string_view path)>& stands,
                                        const std::function<bool(const std::string& path)>& is_one);

}  // namespace visionops::formats
