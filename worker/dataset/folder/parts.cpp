#include "worker/dataset/folder/parts.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <unordered_map>

#include "base/enum_names.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

constexpr const char* kHow =
    "say which is meant: --split by hand, spec.split of a Dataset (visionops init DIR writes one Dataset for each)";

/// "labels/train/a.txt" as the image stands: "images/train/a.txt".
std::string like_an_image(std::string_view path) {
  std::string out(path);
  for (const std::string_view folder : {"labels/", "annotations/", "Labels/", "Annotations/", "labelTxt/"}) {
    const auto at = out.rfind(folder);
    if (at != std::string::npos && (at == 0 || out[at - 1] == '/')) return out.replace(at, folder.size(), "images/");
  }
  return out;
}

std::string text_of(const FolderPart& part) {
  std::string text(enum_name(part.split));
  if (part.split == Split::None) text = "no split";
  if (part.images >= 0) text += ": " + std::to_string(part.images) + (part.images == 1 ? " image" : " images");
  return text + (part.images >= 0 ? " in " : ": ") + (part.place.empty() ? "." : part.place);
}

bool is(const FolderPart& part, Split split) {
  return part.split == split || std::ranges::find(part.also, split) != part.also.end();
}

std::vector<FolderPart> named(const FolderParts& parts) {
  std::vector<FolderPart> out;
  std::ranges::copy_if(parts.parts, std::back_inserter(out),
                       [](const FolderPart& part) { return part.split != Split::None; });
  return out;
}

Error none_chosen(const FolderParts& parts, const std::vector<FolderPart>& splits) {
  if (splits.size() > 1) {
    return invalid_error("the folder holds several splits (" + listed(parts.by_lists ? parts.parts : splits) +
                         "), and a dataset is one: " + kHow);
  }
  return invalid_error("the folder has images that its own list does not name (" + listed(parts.parts) + "): " + kHow);
}

bool is_claimed(const std::vector<std::string>& meanings, std::string_view image) {
  return std::ranges::any_of(meanings, [&](const auto& meaning) { return stands_below(image, meaning); });
}

std::string stem_of(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return std::string(name.substr(0, name.rfind('.')));
}

/// The splits of the images of each name: a file in no split's folder may belong to one of them (labels/ without
/// folders beside images/train/ and images/val/).
using SplitsOfStem = std::unordered_map<std::string, std::set<std::string>>;

std::shared_ptr<const SplitsOfStem> splits_of_stems(const std::vector<std::string_view>& images,
                                                    const SplitOf& split_of) {
  auto out = std::make_shared<SplitsOfStem>();
  for (const auto image : images) (*out)[stem_of(image)].insert(split_of(image));
  return out;
}

/// Splits that data.yaml gives to the same images as `part`.
void add_equal_places(const SplitPlaces& given, const std::vector<std::string_view>& images, FolderPart& part) {
  const std::array<std::pair<Split, const std::vector<std::string>*>, 3> all{
      {{Split::Train, &given.train}, {Split::Val, &given.val}, {Split::Test, &given.test}}};
  for (const auto& [split, places] : all) {
    if (split == part.split || places->empty()) continue;
    std::vector<std::string> meanings;
    for (const auto& place : *places) std::ranges::move(meanings_of(given, place), std::back_inserter(meanings));
    const bool same =
        std::ranges::all_of(images, [&](auto image) { return !part.holds(image) || is_claimed(meanings, image); });
    if (same) part.also.push_back(split);
  }
}

}  // namespace

std::string listed(const std::vector<FolderPart>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + text_of(part);
  return text;
}

FolderParts parts_of_images(const FolderListing& listing, const SplitPlaces& given,
                            const std::function<bool(std::string_view path)>& is_shared) {
  const auto images = image_paths(listing);
  const auto split_of = split_finder(images, given);
  const auto all = splits_of(images, given);
  const auto stems = all.size() > 1 ? splits_of_stems(images, split_of) : std::make_shared<const SplitsOfStem>();
  FolderParts out;
  for (const auto& found : all) {
    FolderPart part{.split = split_named(found.name),
                    .place = found.place + (found.place.empty() ? "" : "/"),
                    .images = found.images};
    part.holds = [split_of, is_shared, stems, name = found.name](std::string_view path) {
      const auto split = split_of(like_an_image(path));
      if (split == name || is_shared(path)) return true;
      if (!split.empty() || annotations::has_image_suffix(path)) return false;
      const auto of_stem = stems->find(stem_of(path));
      return of_stem == stems->end() || of_stem->second.contains(name);
    };
    if (part.split != Split::None) add_equal_places(given, images, part);
    out.parts.push_back(std::move(part));
  }
  return out;
}

Result<FolderParts> parts_by_folders(storage::StorageClient&, const std::string&, const FolderListing& listing) {
  return parts_of_images(listing, {}, [](std::string_view) { return false; });
}

Result<FolderListing> choose_part(const FolderListing& listing, const FolderParts& parts, const Choice& choice) {
  const auto splits = named(parts);
  const bool some_left = parts.by_lists && splits.size() < parts.parts.size();
  if (choice.split == Split::None) {
    if (splits.size() > 1 || some_left) return none_chosen(parts, splits);
    return listing;
  }
  if (splits.empty()) return listing;
  const auto meant = std::ranges::find_if(splits, [&](const FolderPart& part) { return is(part, choice.split); });
  if (meant == splits.end()) {
    return invalid_error("split " + std::string(enum_name(choice.split)) + " is not there, only " + listed(splits) +
                         ": name another, or say by --image-root or spec.imageRoot which folder is meant");
  }
  const auto also_meant = std::ranges::count_if(splits, [&](const auto& part) { return part.split == meant->split; });
  if (also_meant > 1) {
    return invalid_error("several files are split " + std::string(enum_name(choice.split)) + " (" + listed(splits) +
                         "), and a dataset has one: say by --annotations or spec.annotations which one is meant");
  }
  return splits.size() == 1 && !some_left ? Result<FolderListing>(listing) : listing.only(meant->holds);
}

}  // namespace visionops::dataset_folder
