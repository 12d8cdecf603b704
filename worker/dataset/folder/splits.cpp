#include "worker/dataset/folder/splits.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "worker/dataset/folder/layout.h"

namespace visionops::dataset_folder {

namespace {

/// The letters of a folder's name in lower case, cut at everything else: "VisDrone2019-DET-train" -> visdrone det
/// train.
std::vector<std::string> words_of(std::string_view folder) {
  std::vector<std::string> words(1);
  for (const char c : folder) {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> list) {
  return std::ranges::any_of(list, [&](const char* entry) { return word == entry; });
}

std::string split_by_word(const std::string& word) {
  if (is_one_of(word, {"train", "training", "trn", "trainval"})) return "train";
  if (is_one_of(word, {"val", "valid", "validation", "minival"})) return "val";
  if (is_one_of(word, {"test", "testing"})) return "test";
  return {};
}

std::string without_dots(std::string path) {
  while (path.starts_with("./") || path.starts_with("../")) path.erase(0, path.find('/') + 1);
  while (path.ends_with('/')) path.pop_back();
  return path == "." || path == ".." ? std::string() : path;
}

struct Place {
  std::string split;
  std::string path;  ///< "" is everything
};

/// The first meaning of a place that has images.
void add_places(const SplitPlaces& given, const std::vector<std::string>& places, const std::string& split,
                const std::vector<std::string_view>& images, std::vector<Place>& out) {
  for (const auto& place : places) {
    for (const auto& meaning : meanings_of(given, place)) {
      if (!std::ranges::any_of(images, [&](std::string_view image) { return stands_below(image, meaning); })) continue;
      out.push_back({split, meaning});
      break;
    }
  }
}

std::vector<Place> places_of(const std::vector<std::string_view>& images, const SplitPlaces& given) {
  std::vector<Place> places;
  add_places(given, given.train, "train", images, places);
  add_places(given, given.val, "val", images, places);
  add_places(given, given.test, "test", images, places);
  // Of equal places the first counts: "train: images, val: images" is one split.
  std::ranges::stable_sort(places, [](const Place& a, const Place& b) { return a.path.size() > b.path.size(); });
  return places;
}

/// By the first folder of the path that is called after a split.
Place place_by_folder(std::string_view image) {
  for (std::size_t begin = 0, end = image.find('/'); end != std::string_view::npos;
       begin = end + 1, end = image.find('/', begin)) {
    auto split = split_word(image.substr(begin, end - begin));
    if (!split.empty()) return {std::move(split), std::string(image.substr(0, end))};
  }
  return {};
}

Place place_of(std::string_view image, const std::vector<Place>& places) {
  const auto place = std::ranges::find_if(places, [&](const Place& p) { return stands_below(image, p.path); });
  return place != places.end() ? *place : place_by_folder(image);
}

}  // namespace

std::string split_word(std::string_view folder) {
  auto words = words_of(folder);
  while (words.size() > 1 && is_one_of(words.back(), {"set", "split", "images", "imgs", "data", "dev", "challenge"})) {
    words.pop_back();
  }
  return words.empty() ? std::string() : split_by_word(words.back());
}

std::vector<std::string> meanings_of(const SplitPlaces& given, const std::string& place) {
  std::vector<std::string> meanings;
  const bool absolute = place.starts_with('/');
  const std::string plain = without_dots(place);
  if (absolute) return meanings;
  const std::string root = without_dots(given.path);
  if (!root.empty() && !given.path.starts_with('/')) meanings.push_back(plain.empty() ? root : root + "/" + plain);
  meanings.push_back(plain);
  return meanings;
}

std::vector<FolderSplit> splits_of(const std::vector<std::string_view>& images, const SplitPlaces& given) {
  const auto places = places_of(images, given);
  std::map<std::string, FolderSplit> splits;
  for (const auto image : images) {
    auto place = place_of(image, places);
    auto& split = splits[place.split];
    if (split.images++ == 0) {
      split.name = place.split;
      split.place = place.path;
    }
  }
  std::vector<FolderSplit> out;
  out.reserve(splits.size());
  for (auto& [name, split] : splits) out.push_back(std::move(split));
  return out;
}

SplitOf split_finder(const std::vector<std::string_view>& images, const SplitPlaces& given) {
  return [places = places_of(images, given)](std::string_view path) { return place_of(path, places).split; };
}

Split split_named(std::string_view word) {
  if (word == "train") return Split::Train;
  if (word == "val") return Split::Val;
  return word == "test" ? Split::Test : Split::None;
}

}  // namespace visionops::dataset_folder
