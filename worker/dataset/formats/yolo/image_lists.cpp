#include "worker/dataset/formats/yolo/image_lists.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::int64_t kMaxListBytes = 256LL << 20;

using Images = std::unordered_set<std::string_view>;
using Paths = std::unordered_set<std::string>;

struct List {
  Split split = Split::None;
  std::string file;
  Paths images;
};

/// The image of the folder that an entry means: without leading folders until one is there; "" when none is.
std::string_view image_of(std::string_view entry, const Images& images) {
  for (;;) {
    const auto known = images.find(entry);
    if (known != images.end()) return *known;
    const auto slash = entry.find('/');
    if (slash == std::string_view::npos) return {};
    entry.remove_prefix(slash + 1);
  }
}

Paths entries_of(std::string_view text, const Images& images) {
  Paths found;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const auto image = image_of(text.substr(0, end), images);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!image.empty()) found.emplace(image);
  }
  return found;
}

/// The list of the folder that the place means; "" when it means none.
std::string list_file(const SplitPlaces& given, const std::string& place, const FolderListing& listing) {
  if (!place.ends_with(".txt")) return {};
  for (const auto& meaning : meanings_of(given, place)) {
    if (listing.contains(meaning)) return meaning;
  }
  return {};
}

Result<std::vector<List>> lists_of(storage::StorageClient& store, const std::string& folder,
                                   const FolderListing& listing, const SplitPlaces& given, const Images& images) {
  std::vector<List> lists;
  for (const auto& [split, places] :
       {std::pair(Split::Train, &given.train), {Split::Val, &given.val}, {Split::Test, &given.test}}) {
    for (const auto& place : *places) {
      const auto file = list_file(given, place, listing);
      if (file.empty()) continue;
      const auto text = store.read(join(folder, file), kMaxListBytes);
      if (!text) return text.error();
      lists.push_back({split, file, entries_of(*text, images)});
    }
  }
  return lists;
}

/// The lists of one split, or the images of none.
FolderPart part_of(Split split, std::string place, Paths images, const std::vector<List>& lists) {
  auto own = std::make_shared<Paths>(std::move(images));
  auto labels_of_others = std::make_shared<Paths>();
  for (const auto& list : lists) {
    if (list.split == split) continue;
    for (const auto& image : list.images) {
      if (!own->contains(image)) labels_of_others->insert(annotations::yolo_label_path(image));
    }
  }
  FolderPart part{.split = split, .place = std::move(place), .images = static_cast<std::int64_t>(own->size())};
  part.holds = [own, labels_of_others](std::string_view path) {
    if (annotations::has_image_suffix(path)) return own->contains(std::string(path));
    return !labels_of_others->contains(std::string(path));
  };
  return part;
}

/// Whether both splits have the same images: then each is the other as well.
void add_equal_lists(const std::vector<List>& lists, FolderPart& part) {
  for (const auto& list : lists) {
    if (list.split == part.split || std::ssize(list.images) != part.images) continue;
    if (std::ranges::all_of(list.images, part.holds)) part.also.push_back(list.split);
  }
}

}  // namespace

Result<FolderParts> listed_parts(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                 const SplitPlaces& given) {
  const auto images = image_paths(listing);
  const auto lists = lists_of(store, folder, listing, given, {images.begin(), images.end()});
  if (!lists) return lists.error();
  FolderParts out{.by_lists = !lists->empty()};
  Paths claimed;
  for (const Split split : {Split::Train, Split::Val, Split::Test}) {
    Paths own;
    std::string place;
    for (const auto& list : *lists) {
      if (list.split != split) continue;
      own.insert(list.images.begin(), list.images.end());
      place += (place.empty() ? "" : " ") + list.file;
    }
    if (place.empty()) continue;
    claimed.insert(own.begin(), own.end());
    auto part = part_of(split, place, std::move(own), *lists);
    add_equal_lists(*lists, part);
    const bool again = std::ranges::any_of(
        out.parts, [&](const FolderPart& p) { return std::ranges::find(p.also, split) != p.also.end(); });
    if (!again) out.parts.push_back(std::move(part));
  }
  Paths left;
  for (const auto image : images) {
    if (!claimed.contains(std::string(image))) left.emplace(image);
  }
  if (out.by_lists && !left.empty()) out.parts.push_back(part_of(Split::None, "no list", std::move(left), *lists));
  return out;
}

}  // namespace visionops::dataset_folder
