// The list of a Dataset's own files, as its inspection found them. It stands in the platform's folder of the
// store, .visionops/datasets/<uid>/files.jsonl, apart from the user's data: one line of JSON that says whose list
// it is, then one line for each file. It is proof of what belongs to the Dataset only together with the digest
// that the operator knows: the digest of the lines must be equal to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/folder/digest.h"

namespace visionops::dataset_folder {

/// A line has about 150 bytes; larger lists are neither written nor read.
inline constexpr std::int64_t kMaxFileListBytes = 1LL << 30;

struct ListedFile {
  DataFile file;
  /// Looks like data and is part of the digest, but the annotations do not name it: nobody says that it is of this
  /// Dataset.
  bool stray = false;
};

struct FileListHead {
  std::int32_t schema = 1;
  std::string uid;  ///< of the Dataset
  std::string namespace_;
  std::string name;
  std::int64_t run = 0;
  std::string path;    ///< of the dataset folder inside the store
  std::string digest;  ///< of all files

  static const Table<FileListHead>& fields();
};

struct FileList {
  FileListHead head;
  std::vector<ListedFile> files;  ///< sorted bytewise by path
};

/// Where the list of the Dataset with this uid stands.
std::string file_list_path(const std::string& uid);

std::string encode(const FileList& list);
/// Invalid for what is no list, has unsafe paths, or whose digest is not that of its lines.
Result<FileList> decode_file_list(const std::string& text);

/// The list of the Dataset at `location`. NotFound when there is none; Invalid when it is none, or when it is of
/// another Dataset, folder or content than `location` says.
Result<FileList> read_file_list(storage::StorageClient& store, const contract::DatasetLocation& location);

}  // namespace visionops::dataset_folder
