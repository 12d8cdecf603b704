// What happens to the pixels of one image, as values. A manipulator returns them, the plan prints them,
// materialise/operations/ executes them. PURE.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace visionops::pipeline {

/// Turns the picture by 180 degrees; the size stays.
struct Rotate180 {
  bool operator==(const Rotate180&) const = default;
};

/// Writes a JPEG with at most this quality (IJG scale, 1..100). Files of other formats keep their encoding.
struct Reencode {
  std::int32_t quality = 0;
  bool operator==(const Reencode&) const = default;
};

/// Fills polygons (x0 y0 x1 y1 ..., pixels of the picture as it is at this step) with one colour.
struct FillRegions {
  std::vector<std::vector<double>> polygons;
  std::array<std::uint8_t, 3> rgb{};
  bool operator==(const FillRegions&) const = default;
};

using ImageOperation = std::variant<Rotate180, Reencode, FillRegions>;
using ImageOperations = std::vector<ImageOperation>;

/// The shortest list with the same effect: two half turns in a row cancel, neighbouring fills of one
/// colour join, and of several Reencode only the lowest quality stays, as the last element (a file that
/// went through quality 60 gains nothing from being written with 90).
ImageOperations fold(ImageOperations operations);

/// "rotate 180", "JPEG quality <= 85", "fill 3 regions with #000000".
std::string describe(const ImageOperation& operation);
/// Joined by ", "; "" for no operation.
std::string describe(const ImageOperations& operations);
/// Every parameter, for digests: equal text exactly for equal operations.
std::string canonical_text(const ImageOperations& operations);

}  // namespace visionops::pipeline
