#include "worker/dataset/load.h"

#include <algorithm>
#include <unordered_set>

#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/image_sizes.h"
#include "worker/dataset/select.h"
#include "worker/dataset/unread_images.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Findings;
using annotations::Image;

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
  std::vector<HeaderOf> headers;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const Image& image = images[indexes[i]];
    const Result<CheckedImage>& result = *checked[i];
    if (!result && result.error().cls == ErrorClass::Retry) return result.error();
    if (!result) {
      findings.add({"DamagedImage", image.path, "", result.error().message});
      continue;
    }
    if (!result->damage.empty()) findings.add({"DamagedImage", image.path, "", result->damage});
    if (result->header) headers.push_back({indexes[i], *result->header});
    loaded.checked_files.push_back({image.path, result->file.size, result->file.sha256});
  }
  settle_sizes(loaded.annotations, headers, findings);
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
  const bool by_folders = loaded->headers.has_value() || selected->format == Format("ClassFolders");
  if (by_folders) report_unread_images(selected->listing, *loaded, findings);
  if (options.check_images) {
    if (auto checked = check_images(store, folder, *loaded, findings, options.threads); !checked)
      return checked.error();
  } else if (options.check_sizes) {
    const auto headers = loaded->headers ? *loaded->headers : read_headers(store, folder, *loaded, options.threads);
    settle_sizes(loaded->annotations, headers, findings);
  }
  return loaded;
}

}  // namespace visionops::dataset_folder
