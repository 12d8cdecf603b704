// Inspection of a dataset: is it readable and healthy, what is in it, what is its digest.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_result.h"
#include "worker/dataset/folder/choice.h"
#include "worker/dataset/folder/file_list.h"
#include "worker/dataset/model/annotations.h"
#include "worker/inspect/statistics.h"
#include "worker/storage/storage_client.h"

namespace visionops::inspect {

struct InspectOptions {
  Format format = Format::None;        ///< None: as the layout says
  dataset_folder::Choice choice = {};  ///< of a folder that holds several datasets
  unsigned threads = 0;                ///< 0: all cores
  bool annotations_only = false;       ///< images are looked up but not read; no digest
};

struct Inspection {
  Format format = Format::None;
  contract::DatasetFacts facts;  ///< without `report` and `file_list`
  Statistics statistics;
  annotations::Findings findings;
  std::vector<dataset_folder::ListedFile> files;  ///< those of the digest, by path
};

/// Reads every file once; nothing is written. NotFound when the folder or its annotation file is missing, Invalid (with
/// file and position) when that cannot be understood, Retry when files change while they are read. Damaged and missing
/// images are counted.
Result<Inspection> inspect_dataset(storage::StorageClient& store, const std::string& folder,
                                   const InspectOptions& options);

}  // namespace visionops::inspect
