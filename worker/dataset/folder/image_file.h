// Facts about image files in a store, from bounded reads.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "worker/dataset/images/image_header.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// Larger image files are refused.
inline constexpr std::int64_t kMaxImageBytes = 1LL << 30;

/// Reads as much of the file as its header needs: 4 KiB nearly always, at most 4 MiB, of TIFF up to its directory and
/// of WebP up to its Exif data, in pieces. What is wrong with the header is told without the name of the file.
Result<annotations::ImageHeader> read_image_file_header(storage::StorageClient& store, const std::string& path);

struct CheckedImage {
  storage::StoredFile file;
  std::optional<annotations::ImageHeader> header;
  std::string damage;  ///< "" when header and end of the file are as they should be
};
/// Reads the whole file once. An error means that it could not be read; damage is no error.
Result<CheckedImage> check_image_file(storage::StorageClient& store, const std::string& path);

}  // namespace visionops::dataset_folder
