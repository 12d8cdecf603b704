// The layouts: JPEGImages/ and Annotations/ with ImageSets/Main/, or each XML file beside its image.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/relative_path.h"
#include "worker/dataset/folder/load_documents.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/read_texts.h"
#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/utf8_rows.h"
#include "worker/dataset/formats/voc/voc.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::voc {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;
using dataset_folder::stands_in;
using storage::FileInfo;
using Files = std::vector<const FileInfo*>;

constexpr std::string_view kLabelMap = "labelmap.txt";

/// What "Annotations/a.xml", "JPEGImages/a.jpg" and "ImageSets/Main/x.txt: a" have in common.
std::string key_of(std::string_view path) {
  return std::string(dataset_folder::without_suffix(
      dataset_folder::without_folder(path, {"Annotations", "annotations", "JPEGImages", "images"})));
}

/// Masks as pictures of palette colours.
bool is_mask(std::string_view path) {
  return stands_in(path, "SegmentationClass") || stands_in(path, "SegmentationObject");
}

bool has_folder(const FolderListing& listing, std::string_view folder) {
  return std::ranges::any_of(listing.files(), [&](const auto& file) { return stands_in(file.path, folder); });
}

/// Those in JPEGImages/ or images/, or all where there is no such folder.
Files images_of(const FolderListing& listing) {
  Files images;
  const bool named = has_folder(listing, "JPEGImages");
  for (const auto* file : dataset_folder::image_files(listing)) {
    if (!is_mask(file->path) && (!named || stands_in(file->path, "JPEGImages"))) images.push_back(file);
  }
  if (!images.empty() || !named) return images;
  for (const auto& file : listing.files()) {
    if (annotations::has_image_suffix(file.path) && stands_in(file.path, "JPEGImages")) images.push_back(&file);
  }
  return images;
}

/// XML files below Annotations/, or beside an image of their name; CVAT's annotations.xml is another format's.
Files documents_of(const FolderListing& listing, const Files& images) {
  std::unordered_set<std::string> stems;
  for (const auto* image : images) stems.emplace(dataset_folder::without_suffix(image->path));
  Files documents;
  for (const auto& file : listing.files()) {
    if (!file.path.ends_with(".xml")) continue;
    const bool placed = stands_in(file.path, "Annotations") || stands_in(file.path, "annotations");
    if (placed || stems.contains(std::string(dataset_folder::without_suffix(file.path)))) documents.push_back(&file);
  }
  return documents;
}

/// The same for masks, too.
std::string split_key_of(std::string_view path) {
  return key_of(dataset_folder::without_folder(path, {"SegmentationClass", "SegmentationObject"}));
}

bool is_set_list(std::string_view path) { return path.ends_with(".txt") && stands_in(path, "ImageSets"); }

/// "train", "val", "trainval" of ImageSets/Main; lists of one class ("car_train.txt") say what the XML files say.
bool is_split_list(std::string_view path) {
  const auto name = dataset_folder::without_suffix(dataset_folder::base_name(path));
  return is_set_list(path) && stands_in(path, "Main") && name.find('_') == std::string_view::npos;
}

struct ListedImage {
  std::string key;   ///< as key_of
  std::string path;  ///< where it should be
  std::string position;
};

/// The images that a list names.
std::vector<ListedImage> read_list(const std::string& path, std::string_view text, annotations::Findings& findings) {
  const auto root = path.substr(0, path.find("ImageSets/"));
  std::vector<ListedImage> listed;
  formats::for_each_utf8_row(text, path, findings, [&](std::string_view line, std::size_t number) {
    const auto begin = line.find_first_not_of(" \t");  // names may have blanks inside
    const std::string name(line.substr(begin, line.find_last_not_of(" \t") + 1 - begin));
    const std::string position = "line " + std::to_string(number);
    if (const auto problem = relative_path_problem(name)) {
      findings.add({"MalformedRow", path, position, annotations::quoted(name) + " " + *problem});
    } else {
      listed.push_back({root + name, root + "JPEGImages/" + name + ".jpg", position});
    }
  });
  return listed;
}

Files files_that(const FolderListing& listing, bool (*are)(std::string_view)) {
  Files out;
  for (const auto& file : listing.files()) {
    if (are(file.path)) out.push_back(&file);
  }
  return out;
}

/// Entries of lists that nothing else names are images that are not there.
class ListedImages {
 public:
  explicit ListedImages(LoadedDataset& loaded) : loaded_(loaded) {
    for (const auto& image : loaded.annotations.images) {
      known_.insert(key_of(image.path));
      known_.insert(dataset_folder::without_folder(image.path, {"JPEGImages", "images"}));  // listed with their suffix
    }
  }
  void add(const std::string& list, const ListedImage& entry, annotations::Findings& findings) {
    if (!known_.insert(entry.key).second) return;
    auto& image = loaded_.annotations.images.emplace_back();
    image.id = static_cast<std::int64_t>(loaded_.annotations.images.size());
    image.file_name = dataset_folder::without_folder(entry.path, {"JPEGImages"});
    place_image(loaded_, nullptr, entry.path, list, entry.position, findings);
  }

 private:
  LoadedDataset& loaded_;
  std::unordered_set<std::string> known_;
};

/// What a list says belongs together: its images, their XML files and masks, itself, and what is no image.
dataset_folder::FolderPart part_of(Split split, const std::string& list, const std::vector<ListedImage>& images) {
  auto keys = std::make_shared<std::unordered_set<std::string>>();
  for (const auto& image : images) keys->insert(image.key);
  return {.split = split,
          .place = list,
          .images = static_cast<std::int64_t>(images.size()),
          .holds = [keys, list](std::string_view path) {
            if (is_set_list(path)) return path == list;
            const bool of_image = annotations::has_image_suffix(path) || path.ends_with(".xml");
            return !of_image || keys->contains(split_key_of(path));
          }};
}

/// What no list names.
dataset_folder::FolderPart rest_of(const dataset_folder::FolderParts& parts, const Files& images) {
  const auto unlisted = std::ranges::count_if(images, [&parts](const auto* image) {
    return std::ranges::none_of(parts.parts, [&](const auto& part) { return part.holds(image->path); });
  });
  return {.place = "no list of ImageSets/Main/", .images = unlisted, .holds = [](std::string_view) { return false; }};
}

Result<std::vector<annotations::Category>> categories_of(storage::StorageClient& store, const std::string& folder,
                                                         const FolderListing& listing,
                                                         annotations::Findings& findings) {
  const std::string path(kLabelMap);
  if (!listing.contains(path)) return std::vector<annotations::Category>();
  const auto text = store.read(dataset_folder::join(folder, path), dataset_folder::kMaxLabelBytes);
  if (!text) return text.error();
  return read_labelmap(*text, path, findings);
}

/// Where the image of a document is: as it says, or with its name.
std::vector<std::string> places_of(std::string_view document, std::string_view named, const std::string& images) {
  const auto beside = dataset_folder::replaced_folder(document, {"Annotations", "annotations"}, images);
  const std::string folder(dataset_folder::folder_part(beside));
  const std::string suffix(annotations::has_image_suffix(named) ? named.substr(named.rfind('.')) : ".jpg");
  return {named.empty() ? std::string() : dataset_folder::followed(folder, named),
          std::string(dataset_folder::without_suffix(beside)) + suffix};
}

void report_masks(const FolderListing& listing, annotations::Findings& findings) {
  for (const auto* file : files_that(listing, is_mask)) {
    findings.add({"UnreadLabelFile", file->path, "", "is a mask as a picture, which is not read"});
  }
}

}  // namespace

dataset_folder::Recognition recognise_voc(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto documents = documents_of(listing, images_of(listing));
  const auto first = std::ranges::find_if(
      documents, [](const auto* file) { return dataset_folder::base_name(file->path) != "annotations.xml"; });
  if (first == documents.end()) return {};
  const auto& path = (*first)->path;
  const bool named =
      stands_in(path, "Annotations") && (has_folder(listing, "JPEGImages") || has_folder(listing, "ImageSets"));
  if (named) return {Certainty::Named, "Annotations/ and JPEGImages/ or ImageSets/ are folders of Pascal VOC"};
  const auto head = listing.head(path);
  if (!head.empty() && head.find("annotation") == std::string::npos) return {};
  return {Certainty::Fits, path + " is an XML file of an image"};
}

dataset_folder::OwnsFile voc_files(const FolderListing& listing) {
  auto documents = std::make_shared<std::unordered_set<std::string_view>>();
  for (const auto* file : documents_of(listing, images_of(listing))) documents->insert(file->path);
  return [documents](std::string_view path) {
    return path == kLabelMap || is_set_list(path) || stands_in(path, "JPEGImages") || documents->contains(path);
  };
}

Result<dataset_folder::FolderParts> voc_parts(storage::StorageClient& store, const std::string& folder,
                                              const FolderListing& listing) {
  std::map<Split, std::pair<std::string, std::vector<ListedImage>>> lists;
  annotations::Findings ignored;  // load_voc tells them
  const auto add = [&](const FileInfo& file, const std::string& text) {
    const auto name = dataset_folder::without_suffix(dataset_folder::base_name(file.path));
    const auto split = dataset_folder::split_named(dataset_folder::split_word(name));
    auto images = read_list(file.path, text, ignored);
    if (split == Split::None || images.empty()) return;
    const auto [at, first] = lists.emplace(split, std::pair(file.path, images));
    if (!first && name != "trainval") at->second = {file.path, std::move(images)};  // train.txt goes before it
  };
  const auto read = dataset_folder::for_each_text(store, folder, files_that(listing, is_split_list), 1, ignored, add);
  if (!read) return read.error();
  if (lists.empty()) return dataset_folder::parts_by_folders(store, folder, listing);
  dataset_folder::FolderParts parts{.by_lists = true};
  for (const auto& [split, list] : lists) parts.parts.push_back(part_of(split, list.first, list.second));
  auto rest = rest_of(parts, images_of(listing));
  if (rest.images > 0) parts.parts.push_back(std::move(rest));
  return parts;
}

Result<LoadedDataset> load_voc(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                               annotations::Findings& findings, unsigned threads) {
  dataset_folder::DocumentFormat format;
  format.format = Format("VOC");
  format.images = images_of(listing);
  format.documents = documents_of(listing, format.images);
  const auto lists = files_that(listing, is_split_list);
  if (format.documents.empty() && lists.empty()) {
    return not_found_error("no Annotations/*.xml, and no XML file beside an image (VOC)");
  }
  auto categories = categories_of(store, folder, listing, findings);
  if (!categories) return categories.error();
  format.categories = *std::move(categories);
  format.key_of = key_of;
  format.name_of = [](std::string_view path) { return dataset_folder::without_folder(path, {"JPEGImages", "images"}); };
  const bool plain = !has_folder(listing, "JPEGImages") && has_folder(listing, "images");
  format.places = [images = std::string(plain ? "images" : "JPEGImages")](
                      std::string_view document, std::string_view named) { return places_of(document, named, images); };
  VocReader reader;
  format.read = [&reader](std::string_view text, const std::string& file, std::uint32_t image,
                          annotations::Annotations& a,
                          annotations::Findings& found) { return reader.read(text, file, image, a, found); };
  auto loaded = load_documents(store, folder, threads, findings, format);
  if (!loaded) return loaded.error();
  ListedImages listed(*loaded);
  const auto add = [&](const FileInfo& file, const std::string& text) {
    for (const auto& entry : read_list(file.path, text, findings)) listed.add(file.path, entry, findings);
  };
  if (auto read = dataset_folder::for_each_text(store, folder, lists, threads, findings, add); !read) {
    return read.error();
  }
  report_masks(listing, findings);
  const auto was_read = [owns = voc_files(listing)](std::string_view path) { return owns(path) || is_mask(path); };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace visionops::voc
