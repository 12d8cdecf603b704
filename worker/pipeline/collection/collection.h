// What a chain of manipulators works on: annotations, and for each image where its pixels come from
// and what happens to them. PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

/// A file of a source.
struct SourceImage {
  std::uint32_t source = 0;  ///< index into the sources of the run
  std::string path;          ///< inside the dataset folder of the source
};

struct Origin {
  std::uint32_t source = 0;        ///< index into the sources of the run
  std::string path;                ///< inside the dataset folder of the source
  std::int64_t bytes = 0;          ///< size of the file; -1 when it is missing
  std::string content;             ///< digest of the bytes, only when a merge has to compare them; else ""
  ImageOperations operations;      ///< so far, in order
  std::vector<SourceImage> twins;  ///< files with the same bytes that became part of this image
  /// What the annotations of the source refer to, once an operation has made another size of it.
  std::optional<PictureSize> source_size = std::nullopt;
};

/// Invariant: origins.size() == annotations.images.size(), same order.
struct Collection {
  annotations::Annotations annotations;
  std::vector<Origin> origins;
};

/// Origins for freshly loaded annotations; `bytes` holds the size of each image's file.
Collection make_collection(annotations::Annotations a, std::uint32_t source, const std::vector<std::int64_t>& bytes);

/// Keeps the flagged images with all their objects.
void retain_images(Collection& c, const std::vector<bool>& keep);
/// Keeps all images and the flagged objects.
void retain_objects(Collection& c, const std::vector<bool>& keep);

/// Puts `categories` in place of the old ones; category i of the objects becomes `renumbered[i]`.
/// Precondition: renumbered[i] < categories.size() for every category in use.
void replace_categories(Collection& c, std::vector<annotations::Category> categories,
                        const std::vector<std::uint32_t>& renumbered);

/// Marks for each category whether its name is one of `names`; names that match none are appended to `unknown`.
std::vector<bool> categories_named(const annotations::Annotations& a, const std::vector<std::string>& names,
                                   std::vector<std::string>& unknown);
/// Marks the images that have an object of a marked category.
std::vector<bool> images_with(const annotations::Annotations& a, const std::vector<bool>& categories);
/// Removes categories that are marked; no object may use them.
void remove_categories(Collection& c, const std::vector<bool>& marked);

/// Appends operations to those of an image.
void add_operations(Collection& c, std::size_t image, ImageOperations operations);
/// Gives each image the size that its operations leave: the annotations of the output are those of that picture, and
/// label files divide by its size.
void take_resulting_sizes(Collection& c);

/// Removes the images whose width and height nobody knows (their files could not be read either) and adds
/// an UnknownImageSize finding for each, and an ObjectWithoutImage finding for each of their objects.
void drop_images_without_size(Collection& c, annotations::Findings& findings);

/// 64 bits that depend on the seed and on where the image came from, not on its position: the base of
/// every random choice, so that samples do not depend on threads, shards or order.
std::uint64_t seeded_hash(std::uint64_t seed, const Origin& origin);
/// Indexes of the images in the order of seeded_hash.
std::vector<std::uint32_t> seeded_order(const Collection& c, std::uint64_t seed);

}  // namespace visionops::pipeline
