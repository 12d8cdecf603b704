#include "worker/dataset/load.h"

#include <algorithm>
#include <unordered_set>

#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/formats/format.h"

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

/// "neither annotation.json (COCO), nor data.yaml (YOLO) is there"
Error nothing_found() {
  std::string text;
  for (const auto& info : contract::formats()) {
    if (!info.reads) continue;
    text += (text.empty() ? "neither " : ", nor ") + std::string(info.layout) + " (" + std::string(info.name) + ")";
  }
  return not_found_error(text + " is there");
}

Result<Format> format_of(const FolderListing& listing) {
  const formats::AnnotationFormat* best = nullptr;
  Recognition found;
  for (const auto* format : formats::format_table()) {
    if (!format->reader) continue;
    auto recognition = format->reader->recognise(listing);
    if (recognition.certainty <= found.certainty) continue;
    found = std::move(recognition);
    best = format;
  }
  if (best == nullptr) return nothing_found();
  if (found.certainty == Recognition::Certainty::Ambiguous) return invalid_error(found.why);
  return *best->name;
}

}  // namespace

Result<LoadedDataset> load_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                   Findings& findings, const LoadOptions& options) {
  const auto listing = list_dataset(store, folder);
  if (!listing) return listing.error();
  const std::string name = folder.empty() ? "dataset folder" : folder;
  const Result<Format> wanted = format == Format::None ? format_of(*listing) : Result<Format>(format);
  if (!wanted) return wanted.error().in(name);
  const auto* reader = formats::reader_of(*wanted);
  if (reader == nullptr) {
    return invalid_error("format: " + std::string(wanted->name()) + " cannot be read, only " +
                         contract::format_names(&contract::FormatInfo::reads));
  }
  auto loaded = reader->load(store, folder, *listing, findings, options.threads);
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
