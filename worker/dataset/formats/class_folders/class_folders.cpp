// Class folders: NAME/x.jpg, also below images/ and one of train/, val/, test/.
#include "worker/dataset/formats/class_folders/class_folders.h"

#include <algorithm>
#include <unordered_set>

#include "worker/dataset/folder/image_finder.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/utf8_rows.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::formats {

namespace {

using annotations::Annotations;
using annotations::WriteOptions;
using class_folders::kClasses;
using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

/// Words about a dataset, and what systems leave in folders: no annotations, whatever the format.
bool says_nothing(std::string_view path) {
  const auto name = dataset_folder::base_name(path);
  const bool prose =
      name.ends_with(".md") || name.ends_with(".pdf") || name.starts_with("README") || name.starts_with("LICENSE");
  return prose || path.starts_with('.') || path.find("/.") != std::string_view::npos || name == "Thumbs.db" ||
         name == "desktop.ini";
}

/// The classes, when each image stands in a class folder of some split; else none.
std::unordered_set<std::string> classes_of(const std::vector<const storage::FileInfo*>& images) {
  const auto root = class_folders::root_of(images, {});
  std::unordered_set<std::string> classes;
  for (const auto* image : images) {
    const auto split = class_folders::class_of(image->path, root.path);
    if (!split) return {};
    const auto name = root.splits.empty() ? split : class_folders::class_of(image->path, root.path + *split + "/");
    if (!name) return {};
    classes.insert(*name);
  }
  return classes;
}

/// Modest: only where nothing but pictures is there, each in a class folder of at least two; or where the list of
/// classes that we write stands beside images/.
dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto images = class_folders::pictures(listing);
  const bool others = std::ranges::any_of(listing.files(), [](const auto& file) {
    const bool known = file.path == kClasses || says_nothing(file.path) || dataset_folder::is_ours(file.path);
    return !known && !annotations::has_image_suffix(file.path);
  });
  if (images.empty() || others) return {};
  if (listing.contains(kClasses)) return {Certainty::Folders, "classes.txt, and nothing but images beside it"};
  const auto classes = classes_of(images);
  if (classes.size() < 2) return {};
  return {Certainty::Folders, "nothing but images, each in one of " + std::to_string(classes.size()) + " folders"};
}

dataset_folder::OwnsFile owns_file(const FolderListing&) {
  return [](std::string_view path) { return path == kClasses; };
}

Result<std::vector<std::string>> listed_classes(storage::StorageClient& store, const std::string& folder,
                                                const FolderListing& listing, annotations::Findings& findings) {
  std::vector<std::string> names;
  if (!listing.contains(kClasses)) return names;
  const auto text = store.read(dataset_folder::join(folder, kClasses), dataset_folder::kMaxLabelBytes);
  if (!text) return text.error();
  std::unordered_set<std::string> seen;
  for_each_utf8_row(*text, kClasses, findings, [&](std::string_view line, std::size_t number) {
    std::string name(line);
    if (seen.insert(name).second) {
      names.push_back(std::move(name));
    } else {
      findings.add({"DuplicateClassName", kClasses, "line " + std::to_string(number),
                    annotations::quoted(name) + " stands before"});
    }
  });
  return names;
}

/// Splits are folders above those of the classes.
Result<dataset_folder::FolderParts> parts(storage::StorageClient& store, const std::string& folder,
                                          const FolderListing& listing) {
  annotations::Findings ignored;  // load tells them
  const auto classes = listed_classes(store, folder, listing, ignored);
  if (!classes) return classes.error();
  const auto images = class_folders::pictures(listing);
  const auto root = class_folders::root_of(images, *classes);
  dataset_folder::FolderParts out;
  for (const auto& name : root.splits) {
    const auto place = root.path + name + "/";
    const auto count =
        std::ranges::count_if(images, [&place](const auto* image) { return image->path.starts_with(place); });
    out.parts.push_back({.split = dataset_folder::split_named(dataset_folder::split_word(name)),
                         .place = place,
                         .images = count,
                         .holds = [place](std::string_view path) {
                           return path.starts_with(place) || !annotations::has_image_suffix(path);
                         }});
  }
  return out;
}

void add_image(const storage::FileInfo& file, const std::string& root, LoadedDataset& loaded,
               annotations::CategoryNames& names, annotations::Findings& findings) {
  Annotations& a = loaded.annotations;
  auto& image = a.images.emplace_back();
  image.id = static_cast<std::int64_t>(a.images.size());
  image.file_name = file.path.substr(file.path.starts_with(root) ? root.size() : 0);
  dataset_folder::place_image(loaded, &file, file.path, "", "", findings);
  const auto name = class_folders::class_of(file.path, root);
  if (!name) {
    findings.add({"OrphanImage", file.path, "", "stands in no class folder; it is kept without a label"});
    return;
  }
  annotations::Object label;
  label.id = static_cast<std::int64_t>(a.objects.size()) + 1;
  label.image = static_cast<std::uint32_t>(a.images.size() - 1);
  label.category = names.of(a, *name);
  a.objects.push_back(label);
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto images = class_folders::pictures(listing);
  if (images.empty()) return not_found_error("no image in a class folder (ClassFolders)");
  const auto classes = listed_classes(store, folder, listing, findings);
  if (!classes) return classes.error();
  const auto root = class_folders::root_of(images, *classes);
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("ClassFolders");
  annotations::CategoryNames names;
  for (const auto& name : *classes) names.of(loaded.annotations, name);
  if (!classes->empty()) loaded.annotation_files = {kClasses};
  for (const auto* image : images) add_image(*image, root.path, loaded, names, findings);
  annotations::sort_categories(loaded.annotations, classes->size());
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  const auto was_read = [](std::string_view path) { return path == kClasses; };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

std::vector<annotations::TextFile> dataset_files(const Annotations& a, const WriteOptions&) {
  std::string list;
  for (const auto& category : a.categories) {
    if (class_folders::fits_classes(category)) list += category.name + "\n";
  }
  return {{kClasses, list}};
}

}  // namespace

extern const AnnotationFormat class_folders{
    .name = Format("ClassFolders"),
    .layout = "CLASS/*.jpg",
    .loses = "Objects, Masks, Crowd, Ignore, Attributes, Keypoints, UnknownKeys",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
            .parts = parts,
        },
    .writer =
        annotations::FormatWriter{
            .loss = class_folders::class_folders_loss,
            .keeps = class_folders::class_folders_keeps,
            .needs_size = false,
            .dataset_files = dataset_files,
            .image_name = class_folders::image_name,
        },
};

}  // namespace visionops::formats
