#include "worker/dataset/image_sizes.h"

#include <cmath>
#include <optional>
#include <unordered_map>

#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/layout.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Image;
using annotations::ImageHeader;
using annotations::Object;
using annotations::Shape;

constexpr double kTolerance = 1.0;  // pixels: tools round boxes in both directions

struct Size {
  std::int32_t width = 0;
  std::int32_t height = 0;
  bool operator==(const Size&) const = default;
  [[nodiscard]] std::string text() const { return std::to_string(width) + " x " + std::to_string(height); }
};

/// An image whose annotated size is not that of its file, and what its objects say about it.
struct Conflict {
  std::size_t image;
  Size annotated;
  Size file;
  bool on_its_side = false;  ///< the annotated size is the one that viewers show of this file
  std::int64_t boxes = 0;
  bool fit_annotated = true;
  bool fit_file = true;
};

bool holds(const Size& size, const Object& object) {
  const bool rle = object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
  if (rle && (object.rle_size[0] != size.height || object.rle_size[1] != size.width)) return false;
  const auto [x, y, width, height] = object.box;
  return x >= -kTolerance && y >= -kTolerance && x + width <= size.width + kTolerance &&
         y + height <= size.height + kTolerance;
}

/// One is the other made larger or smaller, up to a rounded pixel.
bool same_shape(const Size& x, const Size& y) {
  const double by_width = static_cast<double>(x.height) * y.width / x.width;
  const double by_height = static_cast<double>(x.width) * y.height / x.height;
  return std::abs(by_width - y.height) <= 1 || std::abs(by_height - y.width) <= 1;
}

bool exchanged(const Size& x, const Size& y) { return x.width == y.height && x.height == y.width; }

/// Of a picture that is stored on its side and annotated as it is shown: whether the boxes follow it is another
/// question.
std::optional<Conflict> conflict_of(const Image& image, const HeaderOf& of) {
  const Size annotated{image.width, image.height};
  const Size shown{of.header.shown_width(), of.header.shown_height()};
  const Size stored{of.header.width, of.header.height};
  if (image.width <= 0 || image.height <= 0) return std::nullopt;
  if (annotated == shown && stored != shown)
    return Conflict{.image = of.image, .annotated = shown, .file = stored, .on_its_side = true};
  if (annotated == shown || annotated == stored) return std::nullopt;
  return Conflict{.image = of.image, .annotated = annotated, .file = shown};
}

void look_at_boxes(const Annotations& a, std::vector<Conflict>& conflicts) {
  std::unordered_map<std::uint32_t, Conflict*> by_image;
  for (auto& conflict : conflicts) by_image[static_cast<std::uint32_t>(conflict.image)] = &conflict;
  for (const Object& object : a.objects) {
    const auto at = by_image.find(object.image);
    if (at == by_image.end() || !object.has_box) continue;
    Conflict& conflict = *at->second;
    ++conflict.boxes;
    conflict.fit_annotated = conflict.fit_annotated && holds(conflict.annotated, object);
    conflict.fit_file = conflict.fit_file && holds(conflict.file, object);
  }
}

/// What is done about it: the last words of its message.
std::string settle(Image& image, const Conflict& c, bool& uncertain) {
  const bool only_file = c.fit_file && !c.fit_annotated;
  const bool turned = c.fit_file && exchanged(c.annotated, c.file);
  if (c.boxes == 0 || only_file || turned) {
    image.width = c.file.width;
    image.height = c.file.height;
    return "; the size of the file is taken";
  }
  if (same_shape(c.annotated, c.file) && c.fit_annotated) return "; the boxes stay in the annotated size";
  uncertain = true;
  return "; nobody can say where its " + std::to_string(c.boxes) + " boxes are in the picture";
}

}  // namespace

std::vector<HeaderOf> read_headers(storage::StorageClient& store, const std::string& folder,
                                   const LoadedDataset& loaded, unsigned threads) {
  std::vector<std::size_t> indexes;
  const auto& images = loaded.annotations.images;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (loaded.image_bytes[i] >= 0) indexes.push_back(i);
  }
  std::vector<std::optional<ImageHeader>> read(indexes.size());
  parallel_for(indexes.size(), threads, [&](std::size_t i) {
    auto header = read_image_file_header(store, join(folder, images[indexes[i]].path));
    if (header) read[i] = *header;
  });
  std::vector<HeaderOf> out;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (read[i]) out.push_back({indexes[i], *read[i]});
  }
  return out;
}

void settle_sizes(Annotations& a, const std::vector<HeaderOf>& headers, Findings& findings) {
  std::vector<Conflict> conflicts;
  for (const auto& of : headers) {
    const Image& image = a.images[of.image];
    if (of.header.orientation != 1) {
      findings.add({"ExifOrientation", image.path, "",
                    "is stored with Exif orientation " + std::to_string(of.header.orientation) +
                        "; tools differ in whether boxes follow it"});
    }
    if (of.header.several) {
      findings.add(
          {"SeveralPictures", image.path, "", "holds several pictures, as frames or pages; trainers see the first"});
    }
    if (auto conflict = conflict_of(image, of)) conflicts.push_back(*conflict);
  }
  if (conflicts.empty()) return;
  look_at_boxes(a, conflicts);
  for (const auto& conflict : conflicts) {
    Image& image = a.images[conflict.image];
    if (conflict.on_its_side) {
      if (conflict.fit_annotated || !conflict.fit_file) continue;
      findings.add({"UncertainBoxes", image.path, "",
                    "is shown as " + conflict.annotated.text() +
                        ", but its boxes only fit the picture as it is stored, " + conflict.file.text()});
      continue;
    }
    bool uncertain = false;
    const std::string words = "annotated as " + conflict.annotated.text() + ", the file is " + conflict.file.text() +
                              settle(image, conflict, uncertain);
    if (uncertain) {
      findings.add({"UncertainBoxes", image.path, "", words});
    } else {
      findings.add({"WrongImageSize", image.path, "", words});
    }
  }
}

}  // namespace visionops::dataset_folder
