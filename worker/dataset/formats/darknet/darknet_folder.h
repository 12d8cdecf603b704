// YOLO rows whose classes stand in a text file, one name a line, and not in a data.yaml.
//   obj.data, obj.names, train.txt, obj_train_data/**    images with their .txt beside them (Darknet, CVAT YOLO 1.1)
//   classes.txt, notes.json, images/**, labels/**        (Label Studio; LabelImg has the labels beside the images)
//   _darknet.labels                                      images with their .txt beside them (Roboflow's Darknet)
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "worker/dataset/folder/format_reader.h"

namespace visionops::dataset_folder {

/// The files that say which classes there are. Paths inside the folder.
struct DarknetFiles {
  std::string data = {};   ///< "obj.data", or "" when there is none
  std::string names = {};  ///< "classes.txt", or "" when the file of `data` says where they are
};

/// NotFound when there are none; Invalid when several could be meant.
Result<DarknetFiles> find_darknet_files(const FolderListing& listing);

/// Not where a YAML file may name the classes.
Recognition recognise_darknet(const FolderListing& listing);

OwnsFile darknet_files(const FolderListing& listing);

/// FormatReader::parts: by the lists that obj.data names, else by the names of folders.
Result<FolderParts> darknet_parts(storage::StorageClient& store, const std::string& folder,
                                  const FolderListing& listing);

/// FormatReader::load.
Result<LoadedDataset> load_darknet(storage::StorageClient& store, const std::string& folder,
                                   const FolderListing& listing, annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
