#include "worker/dataset/unread_images.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_set>

#include "worker/dataset/folder/any_case.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::array<std::string_view, 24> kSuffixes{"avif", "avifs", "heif", "hif", "jxl", "jp2", "j2k", "jpx",
                                                     "jpe",  "jfif",  "jif",  "tga", "ppm", "pgm", "pbm", "pnm",
                                                     "exr",  "psd",   "cr2",  "nef", "arw", "orf", "rw2", "ico"};

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// "" for every other file.
std::string unread_suffix(std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || path.size() - dot > 6) return {};
  std::string suffix = lower(path.substr(dot + 1));
  return std::ranges::find(kSuffixes, suffix) != kSuffixes.end() ? suffix : std::string();
}

}  // namespace

void report_unread_images(const FolderListing& listing, const LoadedDataset& loaded, annotations::Findings& findings) {
  std::unordered_set<std::string_view> folders;
  std::unordered_set<std::string_view> read;
  for (const auto& file : listing.files()) {
    const std::string suffix = unread_suffix(file.path);
    if (suffix.empty()) continue;
    if (read.empty()) {  // nearly never: what follows costs nothing then
      for (const auto& image : loaded.annotations.images) {
        read.insert(image.path);
        folders.insert(folder_of(image.path));
      }
    }
    if (read.contains(file.path) || !folders.contains(folder_of(file.path))) continue;
    findings.add(
        {"UnreadImage", file.path, "", "images of the suffix ." + suffix + " are not read: convert it to JPEG or PNG"});
  }
}

}  // namespace visionops::dataset_folder
