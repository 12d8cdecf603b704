#include "worker/dataset/load.h"

#include <algorithm>
#include <unordered_set>

#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/parallel_for.h"
#include "worker/dataset/formats/load_format.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Findings;
using annotations::Image;

std::string size_text(std::int32_t width, std::int32_t height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

/// What check_image_file found of one image, as findings.
void report_check(const Image& image, const CheckedImage& checked, Findings& findings) {
  if (!checked.damage.empty()) findings.add({"DamagedImage", image.path, "", checked.damage});
  if (!checked.header) return;
  const auto& h = *checked.header;
  if (h.orientation != 1) {
    findings.add({"ExifOrientation", image.path, "",
                  "is stored with Exif orientation " + std::to_string(h.orientation) +
                      "; tools differ in whether boxes follow it"});
  }
  const bool as_shown = image.width == h.shown_width() && image.height == h.shown_height();
  const bool as_stored = image.width == h.width && image.height == h.height;
  if (!as_shown && !as_stored && image.width > 0 && image.height > 0) {
    findings.add({"WrongImageSize", image.path, "",
                  "annotated as " + size_text(image.width, image.height) + ", the file is " +
                      size_text(h.shown_width(), h.shown_height())});
  }
}

/// Reads all image files in parallel, then reports in the order of the dataset.
Status check_images(storage::StorageClient& store, const std::string& folder, LoadedDataset& loaded, Findings& findings,
                    unsigned threads) {
  std::vector<std::size_t> indexes;
  std::unordered_set<std::string_view> seen;
  const auto& images = loaded.annotations.images;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (loaded.image_bytes[i] >= 0 && seen.insert(images[i].path).second) indexes.push_back(i);
  }
  std::vector<std::optional<Result<CheckedImage>>> checked(indexes.size());
  parallel_for(indexes.size(), threads, [&](std::size_t i) {
    checked[i].emplace(check_image_file(store, join(folder, images[indexes[i]].path)));
  });
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const Image& image = images[indexes[i]];
    const Result<CheckedImage>& result = *checked[i];
    if (!result && result.error().cls == ErrorClass::Retry) return result.error();
    if (!result) {
      findings.add({"DamagedImage", image.path, "", result.error().message});
      continue;
    }
    report_check(image, *result, findings);
    loaded.checked_files.push_back({image.path, result->file.size, result->file.sha256});
  }
  return {};
}

Result<Format> format_of(const FolderListing& listing) {
  if (is_named_yolo(listing) && !is_named_coco(listing)) return Format::YOLO;
  if (const auto coco = find_coco_file(listing); coco.ok()) return Format::COCO;
  if (const auto yaml = find_data_yaml(listing); yaml.ok()) return Format::YOLO;
  const auto coco = find_coco_file(listing);
  if (coco.error().cls == ErrorClass::Invalid) return coco.error();
  if (const auto yaml = find_data_yaml(listing); yaml.error().cls == ErrorClass::Invalid) return yaml.error();
  if (has_visdrone_files(listing)) return Format::VisDrone;
  return not_found_error(
      "neither annotation.json or annotations/*.json (COCO), nor data.yaml (YOLO), nor annotations/*.txt (VisDrone) is "
      "there");
}

/// nullptr: there is no reader.
auto loader_of(Format format) -> decltype(&load_coco) {
  switch (format) {
    case Format::COCO:
      return load_coco;
    case Format::YOLO:
      return load_yolo;
    case Format::VisDrone:
      return load_visdrone;
    default:
      return nullptr;
  }
}

}  // namespace

Result<LoadedDataset> load_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                   Findings& findings, const LoadOptions& options) {
  const auto listing = list_dataset(store, folder);
  if (!listing) return listing.error();
  const std::string name = folder.empty() ? "dataset folder" : folder;
  const Result<Format> wanted = format == Format::None ? format_of(*listing) : Result<Format>(format);
  if (!wanted) return wanted.error().in(name);
  const auto load = loader_of(*wanted);
  if (load == nullptr) {
    return invalid_error("format: " + std::string(enum_name(*wanted)) +
                         " cannot be read, only COCO, YOLO and VisDrone");
  }
  auto loaded = load(store, folder, *listing, findings, options.threads);
  if (!loaded) return loaded.error().in(name);
  loaded->format = *wanted;
  if (options.check_images) {
    if (auto checked = check_images(store, folder, *loaded, findings, options.threads); !checked)
      return checked.error();
  }
  return loaded;
}

Result<Format> detect_format(storage::StorageClient& store, const std::string& folder) {
  const auto listing = list_dataset(store, folder);
  if (!listing) return listing.error();
  auto format = format_of(*listing);
  return format.ok() ? format : format.error().in(folder.empty() ? "dataset folder" : folder);
}

}  // namespace visionops::dataset_folder
