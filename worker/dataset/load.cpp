#include "worker/dataset/load.h"

#include <algorithm>
#include <unordered_set>

#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/select.h"

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

}  // namespace

Result<LoadedDataset> load_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                   Findings& findings, const LoadOptions& options) {
  const auto selected = select_dataset(store, folder, format, options.choice);
  if (!selected) return in_folder(selected.error(), folder);
  const auto* reader = formats::reader_of(selected->format);
  auto loaded = reader->load(store, folder, selected->listing, findings, options.threads);
  if (!loaded) return in_folder(loaded.error(), folder);
  loaded->format = selected->format;
  if (options.check_images) {
    if (auto checked = check_images(store, folder, *loaded, findings, options.threads); !checked)
      return checked.error();
  }
  return loaded;
}

}  // namespace visionops::dataset_folder
