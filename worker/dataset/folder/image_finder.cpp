#include "worker/dataset/folder/image_finder.h"

#include <algorithm>

namespace visionops::dataset_folder {

namespace {

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

const storage::FileInfo* found_in(const std::unordered_map<std::string, const storage::FileInfo*>& map,
                                  const std::string& name) {
  const auto at = map.find(name);
  return at == map.end() ? nullptr : at->second;
}

}  // namespace

std::string_view without_suffix(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
  return dot == std::string_view::npos || dot <= begin ? path : path.substr(0, dot);
}

std::string replaced_folder(std::string_view path, std::initializer_list<std::string_view> names,
                            std::string_view other) {
  auto end = path.rfind('/');
  while (end != std::string_view::npos) {
    const auto slash = end == 0 ? std::string_view::npos : path.rfind('/', end - 1);
    const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
    if (std::ranges::find(names, path.substr(begin, end - begin)) != names.end()) {
      return std::string(path.substr(0, begin)) + std::string(other) + (other.empty() ? "" : "/") +
             std::string(path.substr(end + 1));
    }
    end = slash;
  }
  return std::string(path);
}

std::string followed(std::string_view folder, std::string_view name) {
  std::string path(folder);
  std::string rest(name);
  std::ranges::replace(rest, '\\', '/');
  if (rest.starts_with('/')) return {};
  for (std::size_t begin = 0; begin <= rest.size();) {
    const auto end = std::min(rest.find('/', begin), rest.size());
    const auto part = std::string_view(rest).substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (path.empty()) return {};
      path.pop_back();
      path.resize(path.rfind('/') + 1);
      continue;
    }
    path += part;
    path += '/';
  }
  if (!path.empty()) path.pop_back();
  return path;
}

ImageFinder::ImageFinder(std::vector<const storage::FileInfo*> images, const Key& key_of) : images_(std::move(images)) {
  for (const auto* image : images_) {
    by_key_[key_of(image->path)].push_back(image);
    by_path_.emplace(image->path, image);
    const auto once = [image](auto& map, std::string name) {
      const auto [at, first] = map.emplace(std::move(name), image);
      if (!first) at->second = nullptr;
    };
    once(by_name_, std::string(base_name(image->path)));
    once(by_lower_name_, ascii_lower(base_name(image->path)));
  }
}

const std::vector<const storage::FileInfo*>& ImageFinder::with_key(const std::string& key) const {
  static const std::vector<const storage::FileInfo*> none;
  const auto at = by_key_.find(key);
  return at == by_key_.end() ? none : at->second;
}

const storage::FileInfo* ImageFinder::at(const std::string& path) const {
  const auto at = by_path_.find(path);
  return at == by_path_.end() ? nullptr : at->second;
}

const storage::FileInfo* ImageFinder::called(std::string_view name) const {
  std::string plain(name);
  std::ranges::replace(plain, '\\', '/');
  plain = base_name(plain);
  if (by_name_.contains(plain)) return found_in(by_name_, plain);
  return found_in(by_lower_name_, ascii_lower(plain));
}

}  // namespace visionops::dataset_folder
