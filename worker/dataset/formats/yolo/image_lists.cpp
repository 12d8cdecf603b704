#include "worker/dataset/formats/yolo/image_lists.h"

#include <algorithm>
#include <unordered_set>

namespace visionops::dataset_folder {

namespace {

constexpr std::int64_t kMaxListBytes = 256LL << 20;

using Images = std::unordered_set<std::string_view>;

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

void take_entries(std::string_view text, const Images& images, FolderSplit& split, Images& listed) {
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const auto image = image_of(text.substr(0, end), images);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (image.empty()) continue;
    listed.insert(image);
    ++split.images;
  }
}

/// The list of the folder that the place means; "" when it means none.
std::string list_file(const SplitPlaces& given, const std::string& place, const FolderListing& listing) {
  if (!place.ends_with(".txt")) return {};
  for (const auto& meaning : meanings_of(given, place)) {
    if (listing.contains(meaning)) return meaning;
  }
  return {};
}

}  // namespace

Result<std::vector<FolderSplit>> listed_splits(storage::StorageClient& store, const std::string& folder,
                                               const FolderListing& listing, const SplitPlaces& given,
                                               const std::vector<std::string_view>& images) {
  const Images known(images.begin(), images.end());
  Images listed;
  std::vector<FolderSplit> splits;
  const auto take = [&](const std::vector<std::string>& places, const char* name) -> Status {
    for (const auto& place : places) {
      const auto file = list_file(given, place, listing);
      const bool again = std::ranges::any_of(splits, [&](const FolderSplit& split) { return split.place == file; });
      if (file.empty() || again) continue;
      const auto text = store.read(join(folder, file), kMaxListBytes);
      if (!text) return text.error();
      splits.push_back({name, file, 0});
      take_entries(*text, known, splits.back(), listed);
    }
    return {};
  };
  if (auto taken = take(given.train, "train"); !taken) return taken.error();
  if (auto taken = take(given.val, "val"); !taken) return taken.error();
  if (auto taken = take(given.test, "test"); !taken) return taken.error();
  const auto unlisted = std::ranges::find_if(images, [&](auto image) { return !listed.contains(image); });
  if (splits.size() == 1 && unlisted != images.end()) {
    return invalid_error(splits.front().place + " lists " + std::to_string(listed.size()) + " of the " +
                         std::to_string(images.size()) + " images here (" + std::string(*unlisted) +
                         " is not in it): a dataset is all images of its folder, move the others out");
  }
  return splits;
}

}  // namespace visionops::dataset_folder
