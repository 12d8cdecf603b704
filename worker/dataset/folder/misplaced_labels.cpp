#include "worker/dataset/folder/misplaced_labels.h"

#include <functional>
#include <optional>
#include <unordered_map>

#include "worker/dataset/folder/any_case.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::dataset_folder {

namespace {

using storage::FileInfo;

std::string without_suffix(const std::string& path) {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  const bool in_name = dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
  return in_name ? path.substr(0, dot) : path;
}

/// Where the text file of an image may stand, in lower case.
std::vector<std::string> usual_places(const std::string& image, const std::string& labels_folder) {
  const std::string path = lower(image);
  const std::string place = annotations::label_path(path, labels_folder);
  const std::string with_suffix = without_suffix(place) + path.substr(without_suffix(path).size()) + ".txt";
  return {place, with_suffix, without_suffix(path) + ".txt", path + ".txt"};
}

/// "train/" and "x/a" of "train/images/x/a.jpg"; the whole path stands below "" when no such folder leads to it.
struct BelowFolder {
  std::string root;
  std::string name;  ///< without its suffix
  [[nodiscard]] bool flat() const { return in_root(name); }
  [[nodiscard]] std::string key() const { return root + "\n" + name.substr(name.rfind('/') + 1); }
};

BelowFolder place_below(std::string_view path, const std::string& folder) {
  const std::string name = without_suffix(lower(path));
  if (name.starts_with(folder + "/")) return {"", name.substr(folder.size() + 1)};
  const auto at = name.rfind("/" + folder + "/");
  if (at == std::string::npos) return {"", name};
  return {name.substr(0, at + 1), name.substr(at + folder.size() + 2)};
}

/// What one key of images and files leads to: matched when each side has exactly one.
struct Meeting {
  std::size_t images = 0, files = 0;
  std::size_t image = 0, file = 0;  ///< the last of each
  [[nodiscard]] bool certain() const { return images == 1 && files == 1; }
};
using Meetings = std::unordered_map<std::string, Meeting>;

class Search {
 public:
  Search(std::vector<UnlabelledImage> images, std::vector<const FileInfo*> files)
      : images_(std::move(images)), files_(std::move(files)) {}

  void meet_at_usual_places(const std::string& labels_folder) {
    constexpr std::size_t places = 4;
    for (std::size_t i = 0; i < places; ++i) {
      Meetings meetings = files_by([](std::string_view path) { return lower(path); });
      add_images(meetings, [&](const std::string& path) { return usual_places(path, labels_folder)[i]; });
      take(meetings);
    }
  }

  void meet_by_name(const std::vector<std::string_view>& all_images, const std::string& labels_folder) {
    if (files_.empty() || images_.empty()) return;
    std::unordered_map<std::string, std::size_t> of_that_name;
    for (const auto image : all_images) ++of_that_name[place_below(image, "images").key()];
    Meetings meetings = files_by([&](std::string_view path) { return place_below(path, labels_folder).key(); });
    add_images(meetings, [&](const std::string& path) { return place_below(path, "images").key(); });
    std::erase_if(meetings, [&](const auto& entry) {
      const Meeting& m = entry.second;
      if (!m.certain() || of_that_name[entry.first] != 1) return true;
      if (!stands_in(lower(files_[m.file]->path), labels_folder)) return true;
      const bool image_flat = place_below(images_[m.image].path, "images").flat();
      return !image_flat && !place_below(files_[m.file]->path, labels_folder).flat();
    });
    take(meetings);
  }

  std::vector<FoundLabels> found() && { return std::move(found_); }

 private:
  [[nodiscard]] Meetings files_by(const std::function<std::string(std::string_view path)>& key) const {
    Meetings meetings;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      Meeting& m = meetings[key(files_[i]->path)];
      ++m.files;
      m.file = i;
    }
    return meetings;
  }

  void add_images(Meetings& meetings, const std::function<std::string(const std::string& path)>& key) const {
    for (std::size_t i = 0; i < images_.size(); ++i) {
      const auto at = meetings.find(key(images_[i].path));
      if (at == meetings.end()) continue;
      ++at->second.images;
      at->second.image = i;
    }
  }

  /// Certain meetings are found, and neither side is looked at again.
  void take(const Meetings& meetings) {
    std::vector<const FileInfo*> file_of(images_.size());
    std::vector<bool> taken(files_.size());
    for (const auto& [key, m] : meetings) {
      if (!m.certain()) continue;
      file_of[m.image] = files_[m.file];
      taken[m.file] = true;
    }
    std::vector<UnlabelledImage> left;
    for (std::size_t i = 0; i < images_.size(); ++i) {
      if (file_of[i] == nullptr) {
        left.push_back(std::move(images_[i]));
      } else {
        found_.push_back({std::move(images_[i]), file_of[i]});
      }
    }
    images_ = std::move(left);
    std::vector<const FileInfo*> files;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (!taken[i]) files.push_back(files_[i]);
    }
    files_ = std::move(files);
  }

  std::vector<UnlabelledImage> images_;
  std::vector<const FileInfo*> files_;
  std::vector<FoundLabels> found_;
};

}  // namespace

std::vector<FoundLabels> find_misplaced_labels(std::vector<UnlabelledImage> images, std::vector<const FileInfo*> files,
                                               const std::vector<std::string_view>& all_images,
                                               const std::string& labels_folder) {
  Search search(std::move(images), std::move(files));
  search.meet_at_usual_places(labels_folder);
  search.meet_by_name(all_images, labels_folder);
  return std::move(search).found();
}

}  // namespace visionops::dataset_folder
