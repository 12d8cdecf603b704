// COCO instances: bytes <-> Annotations. PURE.
// Source: cocodataset.org/#format-data and cocoapi common/maskApi.c; the widespread extensions
// `attributes` (CVAT, Datumaro) and `ignore` are understood.
//
// The law: write_coco(read_coco(x)) equals x after canonical JSON (keys sorted, numbers in one form) for every x
// without findings. Sections come in any order, any may be missing, unknown keys keep their text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Reads a COCO file piece by piece: memory is the model plus one piece, not the file. Not thread-safe.
///
/// Errors (Invalid, with byte offset or position; the reader may not be used afterwards): malformed JSON or
/// UTF-8, a section that is not a list, malformed or doubled categories, doubled image ids, captions or panoptic
/// segments and no object.
/// Findings, by kind; the element is left out unless said otherwise:
///   MalformedImage, MalformedAnnotation, UnsafePath (an image), ObjectWithoutImage (of an image left out),
///   DanglingImage, DanglingCategory, MissingAnnotationId and DuplicateAnnotationId (kept, gets a new id),
///   BadPolygon, BadRle, BadKeypoints (the object is kept without that ring, mask or those keypoints),
///   ZeroSizeBox, BoxOutsideImage (by more than a pixel), DuplicateClassName (all kept),
///   DuplicateImage, NumberAsText, OddMember, RepairedBox, RepairedImageName, RepairedMask, RepairedReference (kept,
///   see docs/decisions/0024-what-coco-readers-repair.md).
class CocoReader {
 public:
  /// `file` names the file in findings and errors. `expected_bytes` is a hint to reserve memory; 0: unknown.
  CocoReader(std::string file, Findings& findings, std::uint64_t expected_bytes = 0);
  ~CocoReader();
  CocoReader(const CocoReader&) = delete;
  CocoReader& operator=(const CocoReader&) = delete;

  /// Memory that is reserved for what comes and not touched yet; until the first feed().
  [[nodiscard]] std::array<std::span<const std::byte>, 2> reserved() const;
  /// The next bytes of the file, cut anywhere.
  Status feed(std::string_view bytes);
  /// After the last piece, once.
  Result<Annotations> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The whole file at once.
Result<Annotations> read_coco(std::string_view bytes, const std::string& file, Findings& findings);

/// Input order is kept, numbers are the shortest text that reads back equal. Annotations that come from COCO
/// (source_format) keep all ids; others get ids from 1: images, categories and annotations by position.
/// Preconditions: file names are UTF-8, numbers finite.
std::string write_coco(const Annotations& a);

}  // namespace visionops::annotations
