// How the file of an operation makes its kind out of a type. Included by operations/NAME.cpp only.
//
//   struct Invert {
//     PictureSize resulting_size(PictureSize size) const { return size; }
//     std::string text() const { return "invert"; }
//     void apply(cv::Mat& picture) const { cv::bitwise_not(picture, picture); }
//   };
//   extern const OperationKind invert = define_operation<Invert>("invert");
//
// Required: resulting_size, text, and either apply or, for what concerns the encoder alone, jpeg_quality. A type with
// members needs a field table, or canonical(). Optional: fold(next), has_effect(), takes(picture), apply(Planes&) with
// planes_fit(planes), kTransform.
//
// The file is compiled twice: for the plan, without OpenCV behind it, and for visionops-pixels.so (VISIONOPS_PIXELS).
// What touches pixels stands therefore in members of the type, which the plan's half never emits.
#pragma once

#include <concepts>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <type_traits>

#include "base/fields/field_table.h"
#include "worker/pipeline/collection/image_operation.h"
#include "worker/pipeline/pixels/operations/pixel_verbs.h"

namespace visionops::pipeline {

template <class T>
concept ChangesPixels = requires(const T& t, cv::Mat& picture) { t.apply(picture); };
template <class T>
concept OnlyEncodes = requires(const T& t) {
  { t.jpeg_quality() } -> std::same_as<std::int32_t>;
};
template <class T>
concept TellsParameters = std::is_empty_v<T> || HasFields<T> || requires(const T& t) {
  { t.canonical() } -> std::same_as<std::string>;
};
template <class T>
concept Operation = TellsParameters<T> && (ChangesPixels<T> != OnlyEncodes<T>)&&requires(const T& t) {
  { t.resulting_size(PictureSize{}) } -> std::same_as<PictureSize>;
  { t.text() } -> std::same_as<std::string>;
};

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

template <Operation T>
std::optional<ImageOperation> make_operation(const OperationKind& kind, const FreeMap& params, Problems& problems) {
  if constexpr (HasFields<T>) {
    T value = decode_text<T>(params.json.empty() ? "{}" : params.json, "", problems);
    if (!problems.empty()) return std::nullopt;
    return ImageOperation(kind, std::move(value));
  } else if constexpr (std::is_empty_v<T>) {
    if (params.json.empty() || params.json == "{}") return ImageOperation(kind, T{});
  }
  problems.push_back({"", "takes no parameters as text"});
  return std::nullopt;
}

template <Operation T>
std::string canonical_of(const void* value) {
  if constexpr (requires(const T& t) { t.canonical(); }) return as<T>(value).canonical();
  if constexpr (std::is_empty_v<T>) return as<T>(value).text() + ";";
  if constexpr (HasFields<T>) return as<T>(value).text() + " " + encode_text(as<T>(value)) + ";";
}

#ifdef VISIONOPS_PIXELS
template <Operation T>
constexpr PixelVerbs pixel_verbs() {
  PixelVerbs verbs;
  if constexpr (ChangesPixels<T>) {
    verbs.apply = [](const void* value, cv::Mat& picture) { as<T>(value).apply(picture); };
  }
  if constexpr (requires(const T& t, const cv::Mat& picture) { t.takes(picture); }) {
    verbs.takes = [](const void* value, const cv::Mat& picture) -> bool { return as<T>(value).takes(picture); };
  }
  if constexpr (requires(const T& t, Planes& planes) { t.apply(planes); }) {
    verbs.apply_planes = [](const void* value, Planes& planes) { as<T>(value).apply(planes); };
  }
  if constexpr (requires(const T& t, const Planes& planes) { t.planes_fit(planes); }) {
    verbs.planes_fit = [](const void* value, const Planes& planes) -> bool { return as<T>(value).planes_fit(planes); };
  }
  if constexpr (requires { T::kTransform; }) verbs.transform = T::kTransform;
  return verbs;
}
template <Operation T>
inline constexpr PixelVerbs kPixelVerbs = pixel_verbs<T>();
#endif

/// `name` is that of the file.
template <Operation T>
constexpr OperationKind define_operation(std::string_view name) {
  OperationKind kind;
  kind.name = name;
  kind.text = [](const void* value) -> std::string { return as<T>(value).text(); };
  kind.resulting_size = [](const void* value, PictureSize size) { return as<T>(value).resulting_size(size); };
  if constexpr (OnlyEncodes<T>) {
    kind.jpeg_quality = [](const void* value) { return as<T>(value).jpeg_quality(); };
  }
  if constexpr (requires(const T& t) { t.has_effect(); }) {
    kind.has_effect = [](const void* value) -> bool { return as<T>(value).has_effect(); };
  }
  if constexpr (requires(const T& t) { t.fold(t); }) {
    kind.fold = [](const void* value, const void* next) -> std::optional<ImageOperations> {
      return as<T>(value).fold(as<T>(next));
    };
  }
#ifdef VISIONOPS_PIXELS
  kind.pixels = &kPixelVerbs<T>;
#else
  kind.canonical = canonical_of<T>;
  kind.make = make_operation<T>;
#endif
  return kind;
}

}  // namespace visionops::pipeline
