#include "worker/dataset/folder/load_label_files.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>

#include "base/parallel/parallel_for.h"
#include "base/quantity.h"
#include "base/relative_path.h"
#include "worker/dataset/folder/any_case.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/misplaced_labels.h"
#include "worker/dataset/folder/unread_labels.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Image;

constexpr std::size_t kMaxBatch = 2048;  // images whose headers and labels are in memory at once

/// What an annotation file could not name: such an image could never be written.
std::optional<std::string> name_problem(const std::string& path) {
  if (!simdjson::validate_utf8(path.data(), path.size())) return "is not UTF-8";
  return relative_path_problem(path);
}

/// Header and labels of one image, read on any thread.
struct ImageParts {
  const storage::FileInfo* image = nullptr;
  std::string label_path;
  const storage::FileInfo* label_file = nullptr;  ///< null: there is none
  std::optional<Result<annotations::ImageHeader>> header;
  std::optional<Result<std::string>> labels;

  [[nodiscard]] bool may_be_read() const { return label_file != nullptr && label_file->size <= kMaxLabelBytes; }
};

class LabelFileLoader {
 public:
  LabelFileLoader(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                  Findings& findings, const LabelFileFormat& format)
      : store_(store), folder_(folder), listing_(listing), findings_(findings), format_(format) {
    loaded_.annotations.source_format = format.format;
    loaded_.annotations.categories = format.categories;
    loaded_.annotation_files = format.annotation_files;
    loaded_.headers.emplace();
  }

  Result<LoadedDataset> load(unsigned threads) {
    const auto files = image_files(listing_);
    for (std::size_t begin = 0; begin < files.size(); begin += kMaxBatch) {
      std::vector<ImageParts> batch(std::min(kMaxBatch, files.size() - begin));
      parallel_for(batch.size(), threads, [&](std::size_t i) { batch[i] = located(*files[begin + i]); });
      if (auto added = add_batch(batch, threads); !added) return added.error();
    }
    if (auto read = read_misplaced_labels(files, threads); !read) return read.error();
    report_labels_without_image();
    report_unread_files(
        store_, folder_, listing_, [this](std::string_view path) { return is_accounted(path); }, threads, findings_);
    return std::move(loaded_);
  }

 private:
  ImageParts located(const storage::FileInfo& image) const {
    ImageParts parts;
    parts.image = &image;
    parts.label_path = format_.path_of(image.path);
    parts.label_file = listing_.find(parts.label_path);
    return parts;
  }

  /// Reads and adds as many at a time as fit into the budget, at least one.
  Status add_batch(std::vector<ImageParts>& batch, unsigned threads) {
    for (std::size_t begin = 0, end = 0; begin < batch.size(); begin = end) {
      for (std::int64_t bytes = 0; end < batch.size() && bytes < kMaxLabelBytesAtOnce; ++end) {
        if (batch[end].may_be_read()) bytes += batch[end].label_file->size;
      }
      parallel_for(end - begin, threads, [&](std::size_t i) { read(batch[begin + i]); });
      for (std::size_t i = begin; i < end; ++i) {
        if (auto added = add_image(batch[i]); !added) return added;
        batch[i].labels.reset();
      }
    }
    return {};
  }

  /// No more than the size that the budget was counted with: a file that grew since is refused.
  void read(ImageParts& parts) {
    parts.header.emplace(read_image_file_header(store_, join(folder_, parts.image->path)));
    read_labels(parts);
  }

  void read_labels(ImageParts& parts) const {
    if (!parts.may_be_read()) return;
    const auto most = std::max<std::int64_t>(parts.label_file->size, 1);
    parts.labels.emplace(store_.read(join(folder_, parts.label_path), most));
  }

  Status add_image(const ImageParts& parts) {
    const auto& file = *parts.image;
    const auto& labels = parts.label_path;
    note_label_use(parts);
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
    const auto index = static_cast<std::uint32_t>(a.images.size() - 1);
    if ((*parts.header)->says_more_than_size()) loaded_.headers->push_back({index, **parts.header});
    if (parts.label_file == nullptr) unlabelled_.push_back({index, file.path});
    any_labelled_ = any_labelled_ || parts.label_file != nullptr;
    return add_rows(parts, index);
  }

  Status add_rows(const ImageParts& parts, std::uint32_t image) {
    if (!parts.labels) return {};
    if (!*parts.labels) return parts.labels->error();
    format_.read(**parts.labels, parts.label_path, image, loaded_.annotations, findings_);
    return {};
  }

  /// Text files that no image has claimed.
  std::vector<const storage::FileInfo*> unclaimed_files() const {
    std::vector<const storage::FileInfo*> files;
    for (const auto& file : listing_.files()) {
      const bool text = has_suffix(file.path, ".txt") && file.size > 0 && !format_.is_other_file(file.path);
      if (text && !image_of_labels_.contains(file.path)) files.push_back(&file);
    }
    return files;
  }

  Status read_misplaced_labels(const std::vector<const storage::FileInfo*>& images, unsigned threads) {
    if (format_.labels_folder.empty() || unlabelled_.empty()) return {};
    auto files = unclaimed_files();
    if (files.empty()) return {};
    std::vector<std::string_view> all;
    if (!any_labelled_) {
      for (const auto* image : images) all.push_back(image->path);
    }
    const auto found = find_misplaced_labels(std::move(unlabelled_), std::move(files), all, format_.labels_folder);
    for (std::size_t begin = 0, end = 0; begin < found.size(); begin = end) {
      std::vector<ImageParts> batch;
      for (std::int64_t bytes = 0; end < found.size() && bytes < kMaxLabelBytesAtOnce && batch.size() < kMaxBatch;
           ++end) {
        batch.push_back(found_parts(found[end]));
        bytes += found[end].file->size;
      }
      parallel_for(batch.size(), threads, [&](std::size_t i) { read_labels(batch[i]); });
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (auto added = add_misplaced(batch[i], found[begin + i].image); !added) return added;
      }
    }
    return {};
  }

  static ImageParts found_parts(const FoundLabels& found) {
    ImageParts parts;
    parts.label_path = found.file->path;
    parts.label_file = found.file;
    return parts;
  }

  Status add_misplaced(const ImageParts& parts, const UnlabelledImage& image) {
    image_of_labels_.emplace(parts.label_path, image.path);
    if (!parts.may_be_read()) {
      report_too_large(parts);
      return {};
    }
    findings_.add(
        {"MisplacedLabelFile", parts.label_path, "",
         "was read for " + image.path + ", whose labels most tools look for in " + format_.path_of(image.path)});
    return add_rows(parts, image.index);
  }

  void note_label_use(const ImageParts& parts) {
    const auto [at, first] = image_of_labels_.emplace(parts.label_path, parts.image->path);
    if (parts.label_file == nullptr) return;
    if (!first) {
      findings_.add(
          {"SharedLabelFile", parts.label_path, "", "belongs to " + at->second + " and to " + parts.image->path});
    } else if (!parts.may_be_read()) {
      report_too_large(parts);
    }
  }

  void report_too_large(const ImageParts& parts) {
    findings_.add({"UnreadLabelFile", parts.label_path, "",
                   "has " + format_bytes(parts.label_file->size) + ", more than the " + format_bytes(kMaxLabelBytes) +
                       " that a label file may have"});
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
    return format_.is_label_file(path) || format_.is_other_file(path) || image_of_labels_.contains(std::string(path)) ||
           std::ranges::find(format_.annotation_files, path) != format_.annotation_files.end();
  }

  storage::StorageClient& store_;
  const std::string& folder_;
  const FolderListing& listing_;
  Findings& findings_;
  const LabelFileFormat& format_;
  LoadedDataset loaded_;
  std::unordered_map<std::string, std::string> image_of_labels_;
  std::vector<UnlabelledImage> unlabelled_;  ///< images without a file in the usual place
  bool any_labelled_ = false;
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
