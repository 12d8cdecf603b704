#include "worker/dataset/folder/named_images.h"

#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

std::vector<const storage::FileInfo*> all_images(const FolderListing& listing) {
  std::vector<const storage::FileInfo*> images;
  for (const auto& file : listing.files()) {
    if (annotations::has_image_suffix(file.path) && !is_ours(file.path)) images.push_back(&file);
  }
  return images;
}

}  // namespace

NamedImages::NamedImages(LoadedDataset& loaded, const FolderListing& listing, std::string annotation_file,
                         annotations::Findings& findings)
    : loaded_(loaded),
      image_root_(listing.image_root().empty() ? "" : listing.image_root() + "/"),
      finder_(all_images(listing), [](std::string_view path) { return std::string(path); }),
      annotation_file_(std::move(annotation_file)),
      findings_(findings) {}

std::optional<std::uint32_t> NamedImages::add(std::string_view name, const std::vector<std::string>& usual,
                                              const std::string& position) {
  const auto roots = image_root_.empty() ? usual : std::vector<std::string>{image_root_};
  const storage::FileInfo* file = nullptr;
  std::string expected;
  for (const auto& root : roots) {
    const auto path = name.empty() ? std::string() : followed(root, name);
    if (expected.empty()) expected = path;
    if (file == nullptr) file = finder_.at(path);
  }
  if (file == nullptr && !name.empty() && (file = finder_.called(name)) != nullptr) {
    findings_.add({"RepairedImageName", annotation_file_, position,
                   "names " + std::string(name.substr(0, 200)) + ", taken for " + file->path});
  }
  if (file == nullptr && expected.empty()) {
    findings_.add({"UnsafePath", std::string(name.substr(0, 200)), annotation_file_ + " " + position,
                   "leads out of the dataset folder, or is empty"});
    return std::nullopt;
  }
  auto& images = loaded_.annotations.images;
  const std::string path = file != nullptr ? file->path : expected;
  const auto [at, first] = by_path_.emplace(path, static_cast<std::uint32_t>(images.size()));
  if (!first) {
    findings_.add(
        {"SamePicture", path, annotation_file_ + " " + position, "is named again; the objects of both are kept"});
    return at->second;
  }
  auto& image = images.emplace_back();
  image.id = static_cast<std::int64_t>(images.size());
  image.file_name = name_without_images_folder(path);
  place_image(loaded_, file, path, annotation_file_, position, findings_);
  return at->second;
}

void NamedImages::report_orphans() const {
  for (const auto* image : finder_.images()) {
    if (by_path_.contains(image->path)) continue;
    findings_.add({"OrphanImage", image->path, "", "no entry of " + annotation_file_ + " names it"});
  }
}

}  // namespace visionops::dataset_folder
