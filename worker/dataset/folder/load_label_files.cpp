#include "worker/dataset/folder/load_label_files.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>

#include "base/parallel/parallel_for.h"
#include "base/relative_path.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/unread_labels.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Image;

constexpr std::int64_t kMaxLabelBytes = 64LL << 20;
constexpr std::size_t kBatch = 2048;  // label texts in memory at once

/// What an annotation file could not name: such an image could never be written.
std::optional<std::string> name_problem(const std::string& path) {
  if (!simdjson::validate_utf8(path.data(), path.size())) return "is not UTF-8";
  return relative_path_problem(path);
}

/// Header and labels of one image, read on any thread.
struct ImageParts {
  std::optional<Result<annotations::ImageHeader>> header;
  std::optional<Result<std::string>> labels;
};

class LabelFileLoader {
 public:
  LabelFileLoader(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                  Findings& findings, const LabelFileFormat& format)
      : store_(store), folder_(folder), listing_(listing), findings_(findings), format_(format) {
    loaded_.annotations.source_format = format.format;
    loaded_.annotations.categories = format.categories;
    loaded_.annotation_files = format.annotation_files;
  }

  Result<LoadedDataset> load(unsigned threads) {
    const auto files = image_files(listing_);
    for (std::size_t begin = 0; begin < files.size(); begin += kBatch) {
      const std::size_t size = std::min(kBatch, files.size() - begin);
      std::vector<ImageParts> parts(size);
      parallel_for(size, threads, [&](std::size_t i) { parts[i] = read_parts(files[begin + i]->path); });
      for (std::size_t i = 0; i < size; ++i) {
        if (auto added = add_image(*files[begin + i], parts[i]); !added) return added.error();
      }
    }
    report_labels_without_image();
    report_unread_files(
        store_, folder_, listing_, [this](std::string_view path) { return is_accounted(path); }, threads, findings_);
    return std::move(loaded_);
  }

 private:
  ImageParts read_parts(const std::string& path) {
    ImageParts parts;
    parts.header.emplace(read_image_file_header(store_, join(folder_, path)));
    const std::string labels = format_.path_of(path);
    if (listing_.contains(labels)) parts.labels.emplace(store_.read(join(folder_, labels), kMaxLabelBytes));
    return parts;
  }

  Status add_image(const storage::FileInfo& file, const ImageParts& parts) {
    const std::string labels = format_.path_of(file.path);
    note_label_use(labels, file.path);
    if (const auto problem = name_problem(file.path)) {
      findings_.add({"UnsafePath", file.path, "", *problem});
      return count_rows_without_image(parts, labels);
    }
    if (parts.header->ok() == false) {
      if (parts.header->error().cls == ErrorClass::Retry) return parts.header->error();
      findings_.add({"UnreadableImage", file.path, "", parts.header->error().message});
      return count_rows_without_image(parts, labels);
    }
    Annotations& a = loaded_.annotations;
    Image image;
    image.id = static_cast<std::int64_t>(a.images.size()) + 1;
    image.file_name = name_without_images_folder(file.path);
    image.path = file.path;
    image.width = (*parts.header)->shown_width();
    image.height = (*parts.header)->shown_height();
    a.images.push_back(std::move(image));
    loaded_.image_bytes.push_back(file.size);
    if (!parts.labels) return {};
    if (!*parts.labels) return parts.labels->error();
    format_.read(**parts.labels, labels, static_cast<std::uint32_t>(a.images.size() - 1), a, findings_);
    return {};
  }

  void note_label_use(const std::string& labels, const std::string& image) {
    const auto [at, first] = image_of_labels_.emplace(labels, image);
    if (first || !listing_.contains(labels)) return;
    findings_.add({"SharedLabelFile", labels, "", "belongs to " + at->second + " and to " + image});
  }

  /// The image is left out: its rows are counted one by one.
  Status count_rows_without_image(const ImageParts& parts, const std::string& labels) {
    if (!parts.labels) return {};
    if (!*parts.labels) return parts.labels->error();
    Annotations rows;
    rows.categories = loaded_.annotations.categories;
    rows.images.emplace_back();
    rows.images.back().width = rows.images.back().height = 1;  // any size will do for counting
    format_.read(**parts.labels, labels, 0, rows, findings_);
    for (std::size_t i = 0; i < rows.objects.size(); ++i) {
      findings_.add({"ObjectWithoutImage", labels, "row " + std::to_string(i + 1), "its image was left out"});
    }
    return {};
  }

  void report_labels_without_image() {
    for (const auto& file : listing_.files()) {
      if (!format_.is_label_file(file.path) || file.size == 0 || image_of_labels_.contains(file.path)) continue;
      findings_.add({"LabelsWithoutImage", file.path, "", "there is no image of that name"});
    }
  }

  /// Read, reported, or another file of the format.
  bool is_accounted(std::string_view path) const {
    return format_.is_label_file(path) || image_of_labels_.contains(std::string(path)) ||
           std::ranges::find(format_.annotation_files, path) != format_.annotation_files.end();
  }

  storage::StorageClient& store_;
  const std::string& folder_;
  const FolderListing& listing_;
  Findings& findings_;
  const LabelFileFormat& format_;
  LoadedDataset loaded_;
  std::unordered_map<std::string, std::string> image_of_labels_;
};

}  // namespace

std::vector<const storage::FileInfo*> image_files(const FolderListing& listing) {
  std::vector<const storage::FileInfo*> all, below;
  for (const auto& file : listing.files()) {
    if (!annotations::has_image_suffix(file.path)) continue;
    all.push_back(&file);
    if (stands_in(file.path, "images")) below.push_back(&file);
  }
  return below.empty() ? all : below;
}

std::vector<std::string_view> image_paths(const FolderListing& listing) {
  std::vector<std::string_view> paths;
  for (const auto* file : image_files(listing)) paths.push_back(file->path);
  return paths;
}

Result<LoadedDataset> load_label_files(storage::StorageClient& store, const std::string& folder,
                                       const FolderListing& listing, Findings& findings, unsigned threads,
                                       const LabelFileFormat& format) {
  return LabelFileLoader(store, folder, listing, findings, format).load(threads);
}

}  // namespace visionops::dataset_folder
