// What happens to the pixels of one image, as values: a manipulator returns them, the plan folds and prints them and
// knows the size that comes out, pixels/ executes them. Which kinds there are is told by the files of
// pixels/operations. PURE.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fields/fields.h"

namespace visionops::pipeline {

/// Pixels; 0: not known.
struct PictureSize {
  std::int32_t width = 0;
  std::int32_t height = 0;
  bool operator==(const PictureSize&) const = default;
};

class ImageOperation;
using ImageOperations = std::vector<ImageOperation>;

/// The half of a kind that touches pixels, in visionops-pixels.so alone (pixels/operations/pixel_verbs.h).
struct PixelVerbs;

/// A kind of operation; made by define_operation (pixels/operations/define.h) out of a type with its parameters. The
/// pointers take a value of that type.
struct OperationKind {
  std::string_view name;
  std::string (*text)(const void* value) = nullptr;       ///< for people: "rotate 180"
  std::string (*canonical)(const void* value) = nullptr;  ///< every parameter: equal text exactly for equal values
  PictureSize (*resulting_size)(const void* value, PictureSize size) = nullptr;
  /// What stands in place of `value` and then `next`, of the same kind; nullopt: both. nullptr: always both.
  std::optional<ImageOperations> (*fold)(const void* value, const void* next) = nullptr;
  /// False: it changes nothing and may go. nullptr: always true.
  bool (*has_effect)(const void* value) = nullptr;
  /// Not nullptr: it is a matter of the encoder alone, and this is the highest quality of a JPEG (IJG scale).
  std::int32_t (*jpeg_quality)(const void* value) = nullptr;
  /// From parameters as users write them; nullopt when a problem was added.
  std::optional<ImageOperation> (*make)(const OperationKind& kind, const FreeMap& params, Problems& problems) = nullptr;
  const PixelVerbs* pixels = nullptr;
};

/// An operation with its parameters. A value; copies share them.
class ImageOperation {
 public:
  /// T is the type that `kind` was defined with.
  template <class T>
  ImageOperation(const OperationKind& kind, T value)
      : kind_(&kind), value_(std::make_shared<const T>(std::move(value))) {}

  [[nodiscard]] const OperationKind& kind() const { return *kind_; }
  [[nodiscard]] const void* value() const { return value_.get(); }
  /// A size that is not known stays so.
  [[nodiscard]] PictureSize resulting_size(PictureSize size) const {
    return size.width > 0 && size.height > 0 ? kind_->resulting_size(value(), size) : PictureSize{};
  }
  /// Whether it concerns the encoder alone.
  [[nodiscard]] bool only_encodes() const { return kind_->jpeg_quality != nullptr; }
  friend bool operator==(const ImageOperation& a, const ImageOperation& b) {
    return a.kind_->name == b.kind_->name && a.kind_->canonical(a.value()) == b.kind_->canonical(b.value());
  }

 private:
  const OperationKind* kind_;
  std::shared_ptr<const void> value_;
};

/// An operation of a kind that has no type to build it from, by its parameters as users write them. Throws
/// std::invalid_argument when they do not fit: the manipulator that asks has checked its own.
ImageOperation operation(const OperationKind& kind, const FreeMap& params = {});

/// The shortest list with the same effect: neighbours of one kind are folded as the kind says ("two half turns
/// cancel"), what has no effect goes, and what concerns the encoder alone is folded over the whole list and stands at
/// its end.
ImageOperations fold(const ImageOperations& operations);

/// The size after all of them.
PictureSize resulting_size(const ImageOperations& operations, PictureSize size);

/// "rotate 180", "JPEG quality <= 85", "fill 3 regions with #000000".
std::string describe(const ImageOperation& operation);
/// Joined by ", "; "" for no operation.
std::string describe(const ImageOperations& operations);
/// Every parameter, for digests: equal text exactly for equal operations.
std::string canonical_text(const ImageOperations& operations);

}  // namespace visionops::pipeline
