// Class folders, as torchvision's ImageFolder and ImageNet have them: the folder of an image is its class.
// Source: torchvision datasets/folder.py (classes are the sorted names of the first folders, files stand at any depth).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::class_folders {

inline constexpr const char* kClasses = "classes.txt";  ///< a name a line: their order, and those without an image

/// What stands before the class folders of all images: "", "images/", "train/" or "images/train/"; `splits` when there
/// are several instead of one: "train", "val". A folder that is called after a split is a class when others beside it
/// are not, or when `classes` has it.
struct Root {
  std::string path;
  std::vector<std::string> splits;
};
Root root_of(const std::vector<const storage::FileInfo*>& images, const std::vector<std::string>& classes);

/// The class folder of an image below the root; nullopt when it stands in none.
std::optional<std::string> class_of(std::string_view path, const std::string& root);

/// Image files but those of hidden folders and of tools (.ipynb_checkpoints, __MACOSX).
std::vector<const storage::FileInfo*> pictures(const dataset_folder::FolderListing& listing);

/// Whether a class of this name can be a folder that readers look into.
bool can_be_folder(const std::string& name);
/// The index of the object of an image that says its class: the first without geometry whose class name can be that of
/// a folder; nullopt when there is none.
std::optional<std::uint32_t> label_of(const annotations::Annotations& a, std::span<const std::uint32_t> objects);

/// Whether the name can stand in classes.txt; others are left out there.
bool fits_classes(const annotations::Category& category);
annotations::LossReport class_folders_loss(const annotations::Annotations& a, const std::vector<Task>& tasks);
std::vector<bool> class_folders_keeps(const annotations::Annotations& a, const std::vector<Task>& tasks);
/// "car/a.jpg"; of an image without a label "a.jpg".
std::string image_name(const annotations::Annotations& a, std::uint32_t image, std::span<const std::uint32_t> objects);

}  // namespace visionops::class_folders
