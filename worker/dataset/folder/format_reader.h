// What a format that is read has to answer. A reader without one of these functions does not compile.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/loaded_dataset.h"
#include "worker/dataset/folder/parts.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// How much a folder looks like a format.
struct Recognition {
  enum class Certainty {
    Not,
    Folders,    ///< only by where files stand; the last resort
    Ambiguous,  ///< it may be, but several files could be meant: `why` names them
    Fits,       ///< a file that may be this format's, or another's
    Named,      ///< a file has the name that this format gives it
  };
  Certainty certainty = Certainty::Not;
  std::string why = {};
};

/// The files of the format beside the images, by path.
using OwnsFile = std::function<bool(std::string_view path)>;

struct FormatReader {
  annotations::Required<Recognition (*)(const FolderListing& listing)> recognise;
  /// Which files belong to the dataset and its digest, beside images (data_files.h).
  annotations::Required<OwnsFile (*)(const FolderListing& listing)> owns_file;
  /// See load.h for the findings and errors. The result's annotations have their source_format; `format` is set by the
  /// caller. `threads` 0: all cores.
  annotations::Required<Result<LoadedDataset> (*)(storage::StorageClient& store, const std::string& folder,
                                                  const FolderListing& listing, annotations::Findings& findings,
                                                  unsigned threads)>
      load;
  /// Whether each image has a text file of its own, so that the folders name what is in them.
  annotations::Required<bool> label_files;
  /// Whether a dataset has one file of annotations or of classes that somebody may choose: FolderListing::
  /// annotation_file is then his choice.
  bool one_file = false;
  /// The datasets that a folder holds; `load` gets the files of one.
  Result<FolderParts> (*parts)(storage::StorageClient& store, const std::string& folder,
                               const FolderListing& listing) = parts_by_folders;
};

}  // namespace visionops::dataset_folder
