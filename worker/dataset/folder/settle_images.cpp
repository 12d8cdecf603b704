#include "worker/dataset/folder/settle_images.h"

#include <simdjson.h>

#include "base/parallel/parallel_for.h"
#include "base/relative_path.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/model/geometry_check.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Image;

std::optional<std::string> path_problem(const std::string& path) {
  if (!simdjson::validate_utf8(path.data(), path.size())) return "is not UTF-8";
  return relative_path_problem(path);
}

std::string position_of(const annotations::Object& object) { return "object " + std::to_string(object.id); }

void leave_out_unsafe(LoadedDataset& loaded, Findings& findings) {
  Annotations& a = loaded.annotations;
  std::vector<bool> keep(a.images.size(), true);
  bool all = true;
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto problem = path_problem(a.images[i].path);
    if (!problem) continue;
    all = keep[i] = false;
    findings.add({"UnsafePath", a.images[i].path, "", *problem});
  }
  if (all) return;
  for (const auto& object : a.objects) {
    if (keep[object.image]) continue;
    findings.add({"ObjectWithoutImage", a.images[object.image].path, position_of(object), "its image is left out"});
  }
  std::vector<std::int64_t> bytes;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i]) bytes.push_back(loaded.image_bytes[i]);
  }
  loaded.image_bytes = std::move(bytes);
  annotations::retain(a, keep, std::vector<bool>(a.objects.size(), true));
}

/// Which images got a size.
Result<std::vector<bool>> fill_sizes(storage::StorageClient& store, const std::string& folder, LoadedDataset& loaded,
                                     Findings& findings, unsigned threads) {
  auto& images = loaded.annotations.images;
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if ((images[i].width <= 0 || images[i].height <= 0) && loaded.image_bytes[i] >= 0) unknown.push_back(i);
  }
  std::vector<std::optional<Result<annotations::ImageHeader>>> headers(unknown.size());
  parallel_for(unknown.size(), threads, [&](std::size_t i) {
    headers[i].emplace(read_image_file_header(store, join(folder, images[unknown[i]].path)));
  });
  std::vector<bool> filled(images.size(), false);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    Image& image = images[unknown[i]];
    const auto& header = *headers[i];
    if (!header && header.error().cls == ErrorClass::Retry) return header.error();
    if (!header) {
      findings.add({"DamagedImage", image.path, "", header.error().message});
      continue;
    }
    image.width = header->shown_width();
    image.height = header->shown_height();
    filled[unknown[i]] = true;
  }
  return filled;
}

}  // namespace

void place_image(LoadedDataset& loaded, const storage::FileInfo* file, const std::string& expected,
                 const std::string& named_in, const std::string& where, Findings& findings) {
  Image& image = loaded.annotations.images.back();
  image.path = file != nullptr ? file->path : expected;
  loaded.image_bytes.push_back(file != nullptr ? file->size : -1);
  if (file == nullptr) {
    findings.add({"MissingImage", expected, where,
                  "the file does not exist" + (named_in.empty() ? std::string() : ", " + named_in + " names it")});
  }
}

Status settle_images(storage::StorageClient& store, const std::string& folder, LoadedDataset& loaded,
                     Findings& findings, unsigned threads) {
  leave_out_unsafe(loaded, findings);
  const auto filled = fill_sizes(store, folder, loaded, findings, threads);
  if (!filled) return filled.error();
  const Annotations& a = loaded.annotations;
  for (const auto& object : a.objects) {
    const bool seen_before = object.box[2] == 0 || object.box[3] == 0;  // ZeroSizeBox does not depend on the image
    if (!(*filled)[object.image] || seen_before) continue;
    annotations::check_box(a, object, a.images[object.image].path, position_of(object), findings);
  }
  return {};
}

}  // namespace visionops::dataset_folder
