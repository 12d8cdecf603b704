// ListObjectsV2 as the files and folders of a store.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/storage/s3/s3_client.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

/// Files below `folder` ("": the root), unsorted; with the folders directly in it when not `recursive`. Keys that are
/// no path of a store ("a//b", "..", control characters) are left out, and so are the empty objects "folder/"
/// that consoles make; `exists` tells whether there was any key at all.
struct Listing {
  std::vector<FileInfo> entries;
  bool exists = false;
};
Result<Listing> list_objects(S3Client& client, const std::string& folder, bool recursive);

/// Whether any key lies below `folder`.
Result<bool> folder_exists(S3Client& client, const std::string& folder);

/// Whether there is an object of this name, by a listing: servers answer 403 instead of 404 to keys that may list only
/// below a prefix.
Result<bool> object_listed(S3Client& client, const std::string& path);

/// The whole key of a path: the prefix of the store before it.
std::string key_of(const contract::S3Location& location, const std::string& path);

}  // namespace visionops::storage
