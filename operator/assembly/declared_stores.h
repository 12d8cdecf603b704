// The stores of `visionops run`: folders, links and descriptions of buckets below DATA/stores.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "operator/core/observed.h"

namespace visionops::commands {

struct DeclaredStores {
  std::vector<std::string> names;  ///< sorted
  std::map<std::string, core::S3Store> buckets;
};

/// Declares each of `added` ("NAME=FOLDER" makes a link DATA/stores/NAME; "NAME=FILE" keeps the location of a
/// bucket, contract/store_location.h, as DATA/stores/NAME.json) and gives all that there are.
Result<DeclaredStores> declare_stores(const std::filesystem::path& stores, const std::vector<std::string>& added);

/// The stores datasets and models of a data folder that is new.
Status make_first_stores(const std::filesystem::path& stores);

}  // namespace visionops::commands
