#include <sys/mman.h>
#include <unistd.h>

#include <unordered_set>

#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/coco/coco.h"
#include "worker/dataset/formats/coco/coco_box_form.h"
#include "worker/dataset/formats/coco/coco_folder.h"
#include "worker/dataset/formats/coco/coco_images.h"
#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/image_name.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Image;

/// Pages of 4 KiB, each cleared at its first touch, are a third of the time to load a large file. A hint: where the
/// kernel has no huge pages, nothing changes.
void prefer_huge_pages(std::span<const std::byte> memory) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(memory.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(memory.data() + memory.size()) / page * page;
  if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

std::string id_of(const Annotations& a, const Image& image) { return "image id " + a.id_text(image.id); }

Result<Annotations> read_file(storage::StorageClient& store, const std::string& folder, const storage::FileInfo& file,
                              Findings& findings) {
  annotations::CocoReader reader(file.path, findings, static_cast<std::uint64_t>(file.size));
  for (const auto memory : reader.reserved()) prefer_huge_pages(memory);
  const auto read = store.read_chunks(join(folder, file.path), kMaxAnnotationBytes,
                                      [&](std::string_view bytes) { return reader.feed(bytes); });
  if (!read) return read.error();
  return reader.finish();
}

/// Finds the file of every image; where it is missing, the path says where it should be.
void locate_images(const FolderListing& listing, const std::vector<std::string>& roots, LoadedDataset& loaded,
                   Findings& findings) {
  auto& images = loaded.annotations.images;
  const auto located = locate_coco_images(listing, roots, images);
  for (std::size_t i = 0; i < images.size(); ++i) {
    Image& image = images[i];
    const auto& [file, remark] = located[i];
    loaded.image_bytes.push_back(file != nullptr ? file->size : -1);
    if (file != nullptr) {
      image.path = file->path;
      if (!remark.empty()) findings.add({"RepairedImageName", image.path, id_of(loaded.annotations, image), remark});
      continue;
    }
    image.path = roots.front() + std::string(annotations::plain_image_name(image.file_name));
    findings.add({"MissingImage", image.path, id_of(loaded.annotations, image),
                  "the file does not exist" + (remark.empty() ? "" : "; " + remark)});
  }
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// Image files beside images of the dataset that no entry names.
void report_orphans(const FolderListing& listing, const LoadedDataset& loaded, Findings& findings) {
  std::unordered_set<std::string> paths, folders;
  for (std::size_t i = 0; i < loaded.image_bytes.size(); ++i) {
    if (loaded.image_bytes[i] < 0) continue;
    const std::string& path = loaded.annotations.images[i].path;
    paths.insert(path);
    folders.insert(folder_of(path));
  }
  for (const auto& file : listing.files()) {
    if (!annotations::has_image_suffix(file.path) || !folders.contains(folder_of(file.path))) continue;
    if (!paths.contains(file.path))
      findings.add({"OrphanImage", file.path, "", "no entry of the annotation file names it"});
  }
}

/// What could not be checked while the size of the image was not known.
void check_objects(Annotations& a, const std::vector<bool>& filled, const std::string& file, Findings& findings) {
  for (auto& object : a.objects) {
    if (!filled[object.image]) continue;
    const std::string position = "annotation id " + a.id_text(object.id);
    if (const auto remark = annotations::fit_mask(a, object)) {
      findings.add({remark->kind, file, position, remark->field + " " + remark->message});
    }
    const bool seen_before = object.box[2] == 0 || object.box[3] == 0;  // ZeroSizeBox does not depend on the image
    if (!seen_before) annotations::check_box(a, object, file, position, findings);
  }
}

/// Reads the sizes that the annotations do not give, then checks the boxes of those images.
void fill_sizes(storage::StorageClient& store, const std::string& folder, LoadedDataset& loaded, Findings& findings,
                unsigned threads) {
  Annotations& a = loaded.annotations;
  std::vector<std::size_t> unknown;
  std::vector<bool> filled(a.images.size(), false);
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const bool known = a.images[i].width > 0 && a.images[i].height > 0;
    if (!known && loaded.image_bytes[i] >= 0) unknown.push_back(i);
  }
  if (unknown.empty()) return;
  std::vector<std::optional<Result<annotations::ImageHeader>>> headers(unknown.size());
  parallel_for(unknown.size(), threads, [&](std::size_t i) {
    headers[i].emplace(read_image_file_header(store, join(folder, a.images[unknown[i]].path)));
  });
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    Image& image = a.images[unknown[i]];
    const auto& header = *headers[i];
    if (!header) {
      findings.add({"DamagedImage", image.path, "", header.error().message});
      continue;
    }
    image.width = header->shown_width();
    image.height = header->shown_height();
    filled[unknown[i]] = true;
  }
  check_objects(a, filled, loaded.annotation_files.front(), findings);
}

}  // namespace

Result<LoadedDataset> load_coco(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                Findings& findings, unsigned threads) {
  const auto path = find_coco_file(listing);
  if (!path) return path.error();
  auto a = read_file(store, folder, *listing.find(*path), findings);
  if (!a) return a.error();
  if (!a->given.images && !a->given.annotations) {
    return invalid_error(*path + ": has neither images nor annotations, it is no COCO dataset");
  }
  LoadedDataset loaded;
  loaded.annotations = std::move(*a);
  loaded.annotation_files = {*path};
  locate_images(listing, coco_image_roots(listing, *path), loaded, findings);
  report_orphans(listing, loaded, findings);
  fill_sizes(store, folder, loaded, findings, threads);
  annotations::scale_fractions(loaded.annotations, *path, findings);
  report_unread_files(
      store, folder, listing, [&](std::string_view file) { return file == *path; }, threads, findings);
  return loaded;
}

}  // namespace visionops::dataset_folder
