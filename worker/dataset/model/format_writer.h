// What a format that is written has to answer: the plan asks what it loses before a byte is written, publishing asks
// for its files. A writer without one of these functions does not compile. PURE.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// A value that has to be given: there is no default, and nullptr is none.
template <class T>
class Required {
 public:
  Required() = delete;
  template <std::convertible_to<T> V>
    requires(!std::same_as<V, std::nullptr_t>)
  constexpr Required(V value) : value_(value) {}  // NOLINT(google-explicit-constructor): written like a plain member
  constexpr const T& operator*() const { return value_; }
  template <class... Arguments>
  auto operator()(Arguments&&... arguments) const {
    return value_(std::forward<Arguments>(arguments)...);
  }

 private:
  T value_;
};

struct TextFile {
  std::string path;  ///< inside the dataset folder
  std::string text;
};

/// What the files of a dataset depend on beside its annotations.
struct WriteOptions {
  std::vector<Task> tasks;
  Split split = Split::None;
};

/// One text file beside each image, for formats that have those; written right after its image, on any thread.
/// Two images never share one: the plan renames.
struct ImageTextFile {
  /// Where it stands: "images/train/a.jpg" -> "labels/train/a.txt".
  Required<std::string (*)(std::string_view image_path)> path_of;
  /// Its text. `image` is an index into a.images, `objects` are its own, indexes into a.objects; none for a background
  /// image.
  Required<std::string (*)(const Annotations& a, std::uint32_t image, std::span<const std::uint32_t> objects,
                           const WriteOptions& options)>
      text_of;
};

struct FormatWriter {
  /// Everything that a reader of the files will not find again, by the same rule as `keeps` and the writing.
  Required<LossReport (*)(const Annotations& a, const std::vector<Task>& tasks)> loss;
  /// For each object whether it stands in the files.
  Required<std::vector<bool> (*)(const Annotations& a, const std::vector<Task>& tasks)> keeps;
  /// Whether an image without a known size cannot be written.
  Required<bool> needs_size;
  /// The files for the dataset as a whole; written last, before the manifest. At least one. Paths of images are
  /// Image::path, names Image::file_name; both are unique and safe.
  Required<std::vector<TextFile> (*)(const Annotations& a, const WriteOptions& options)> dataset_files;
  /// nullptr: the dataset files hold everything.
  const ImageTextFile* image_file = nullptr;
  /// The name of the file of an image, where the format says something with it; it is made safe and unique as others
  /// are. nullptr: as the source names it.
  std::string (*image_name)(const Annotations& a, std::uint32_t image,
                            std::span<const std::uint32_t> objects) = nullptr;
  /// Names what is written and what the programs that the format is made for do not take. nullptr: nothing is known.
  void (*remark)(const Annotations& a, Findings& findings) = nullptr;
  /// Where readers of the format look for images, one folder.
  std::string_view images_folder = "images/";
  /// Brings annotations of any other format into the terms of this one, so that they are what a reader of its files
  /// would see, and tells what got lost: the manipulators of the category format_convert. nullptr: there is none.
  LossReport (*adopt)(Annotations& a, const std::vector<Task>& tasks, Findings& findings) = nullptr;
};

/// The writer of a format by name; nullptr when it has none. The table of formats gives one to rooms that know none.
using WriterOf = const FormatWriter* (*)(Format format);

/// For formats that keep every object.
inline std::vector<bool> keeps_all(const Annotations& a, const std::vector<Task>&) {
  return std::vector<bool>(a.objects.size(), true);
}

}  // namespace visionops::annotations
