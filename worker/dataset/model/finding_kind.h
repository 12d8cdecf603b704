// The kinds of findings, and what each means for the element that it names. PURE.
// The table is the only list: a name that does not stand in it does not compile, so nobody can report an element as
// left out without saying as what it is lost.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/vocabulary.h"

namespace visionops::annotations {

struct FindingMeaning {
  std::string_view name;             ///< CamelCase
  std::optional<LossKind> left_out;  ///< the reader left the element out, and this is lost; none: it was kept
};

/// MissingImage, DamagedImage: the reader keeps the entry; the plan decides, and counts the loss (plan/plan.h).
/// Repaired..., NumberAsText, OddMember: what was written in an odd way and means one thing, or means nothing here
/// (docs/decisions/0024-what-coco-readers-repair.md).
/// ExifOrientation, SeveralPictures: a picture that is kept as it is, and that tools see differently.
/// DroppedByTrainer: one that is written, and that the framework which the output format is made for does not take.
/// PlaceNotFollowed: a root of the dataset that its file gives and that lies elsewhere; the folder itself was read.
/// OrphanImage: a file that no annotation file claims; named, but nobody said that it belongs to the dataset
/// (docs/decisions/0014-what-readers-leave-out.md).
inline constexpr auto kFindingMeanings = std::to_array<FindingMeaning>({
    {"AmbiguousRows", std::nullopt},
    {"BadKeypoints", LossKind::Keypoints},
    {"BadPolygon", LossKind::Masks},
    {"BadRle", LossKind::Masks},
    {"BoxOutsideImage", std::nullopt},
    {"DamagedImage", std::nullopt},
    {"DanglingCategory", LossKind::Objects},
    {"DanglingImage", LossKind::Objects},
    {"DroppedByTrainer", std::nullopt},
    {"DuplicateAnnotationId", std::nullopt},
    {"DuplicateClassName", std::nullopt},
    {"DuplicateImage", std::nullopt},
    {"ExifOrientation", std::nullopt},
    {"ForeignEncoding", std::nullopt},
    {"LabelsWithoutImage", LossKind::LabelFiles},
    {"LinkedImage", LossKind::Images},
    {"LinkedLabelFile", LossKind::LabelFiles},
    {"MalformedAnnotation", LossKind::Objects},
    {"MalformedAttribute", LossKind::Attributes},
    {"MalformedCategory", LossKind::Objects},
    {"MalformedImage", LossKind::Images},
    {"MalformedRow", LossKind::Rows},
    {"MisplacedLabelFile", std::nullopt},
    {"MissingAnnotationId", std::nullopt},
    {"MissingEndMark", std::nullopt},
    {"MissingImage", std::nullopt},
    {"NumberAsText", std::nullopt},
    {"ObjectWithoutImage", LossKind::Objects},
    {"OddMember", std::nullopt},
    {"OrphanImage", std::nullopt},
    {"PlaceNotFollowed", std::nullopt},
    {"RepairedBox", std::nullopt},
    {"RepairedImageName", std::nullopt},
    {"RepairedMask", std::nullopt},
    {"RepairedReference", std::nullopt},
    {"SamePicture", std::nullopt},
    {"SeveralPictures", std::nullopt},
    {"SharedLabelFile", std::nullopt},
    {"UncertainBoxes", LossKind::Boxes},
    {"UnknownImageSize", LossKind::Images},
    {"UnreadImage", LossKind::Images},
    {"UnreadLabelFile", LossKind::LabelFiles},
    {"UnreadMask", LossKind::Masks},
    {"UnreadableImage", LossKind::Images},
    {"UnreadableLabelFile", LossKind::LabelFiles},
    {"UnsafePath", LossKind::Images},
    {"UnsupportedShape", LossKind::Objects},
    {"WrongImageSize", std::nullopt},
    {"ZeroSizeBox", std::nullopt},
});

/// A row of the table.
class FindingKind {
 public:
  /// NOLINTNEXTLINE(google-explicit-constructor): a literal is the usual way to name a kind
  consteval FindingKind(const char* name) : meaning_(&find(name)) {}
  [[nodiscard]] constexpr std::string_view name() const { return meaning_->name; }
  [[nodiscard]] constexpr std::optional<LossKind> left_out() const { return meaning_->left_out; }
  /// NOLINTNEXTLINE(google-explicit-constructor): for JSON and messages
  operator std::string() const { return std::string(name()); }
  friend constexpr bool operator==(FindingKind a, FindingKind b) { return a.meaning_ == b.meaning_; }
  friend constexpr bool operator==(FindingKind a, const char* b) { return a.name() == b; }

 private:
  static consteval const FindingMeaning& find(std::string_view name) {
    for (const auto& meaning : kFindingMeanings) {
      if (meaning.name == name) return meaning;
    }
    throw "no kind of finding has this name: add it to kFindingMeanings";
  }

  const FindingMeaning* meaning_;
};

}  // namespace visionops::annotations
