#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/formats/load_format.h"
#include "worker/dataset/formats/visdrone/visdrone.h"

namespace visionops::dataset_folder {

Result<LoadedDataset> load_visdrone(storage::StorageClient& store, const std::string& folder,
                                    const FolderListing& listing, annotations::Findings& findings, unsigned threads) {
  if (!has_visdrone_files(listing)) return not_found_error("no annotations/*.txt (VisDrone)");
  if (auto one = refuse_several_splits(splits_of(image_paths(listing), nullptr)); !one) return one.error();
  const LabelFileFormat format{.format = Format::VisDrone,
                               .categories = annotations::visdrone_categories(),
                               .annotation_files = {},
                               .path_of = annotations::visdrone_annotation_path,
                               .is_label_file = is_visdrone_file,
                               .read = annotations::read_visdrone_rows};
  return load_label_files(store, folder, listing, findings, threads, format);
}

}  // namespace visionops::dataset_folder
