// Which splits (train, val, test) a folder of images holds: by what its own files say, by the names of its folders.
// PURE.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/vocabulary.h"

namespace visionops::dataset_folder {

/// Images of a folder that belong together.
struct FolderSplit {
  std::string name;   ///< "train", "val", "test"; "" for images that no split claims
  std::string place;  ///< where the first of them was found, for messages
  std::int64_t images = 0;
};

/// Where a dataset's own files say that its splits are: folders or lists of images, as written.
struct SplitPlaces {
  std::string path;  ///< root of the dataset as written, often useless on another machine
  std::vector<std::string> train, val, test;
};

/// "train", "val" or "test" for the name of a folder that says so: "train", "valid", "val2017",
/// "VisDrone2019-DET-train", "images_test", "test-dev"; else "" ("train_station" is a scene).
std::string split_word(std::string_view folder);

/// By the places that are given (relative to the folder, to `path` in it, or with Roboflow's leading "../"; the longest
/// place decides), else by the names of their folders.
std::vector<FolderSplit> splits_of(const std::vector<std::string_view>& images, const SplitPlaces& given = {});

/// The split of each image, or of a file that stands like one; "" for what no split claims. By the same rules; `images`
/// and `given` need not outlive it.
using SplitOf = std::function<std::string(std::string_view path)>;
SplitOf split_finder(const std::vector<std::string_view>& images, const SplitPlaces& given = {});

/// Split::None for every other word.
Split split_named(std::string_view word);

/// The folder or list file that `place` means, relative to the dataset folder: candidates, most literal
/// first. "" is the folder itself.
std::vector<std::string> meanings_of(const SplitPlaces& given, const std::string& place);

}  // namespace visionops::dataset_folder
