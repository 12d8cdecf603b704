// KITTI object labels: one text file of rows for each image.
// Source: KITTI object development kit, readme.txt: type truncated occluded alpha left top right bottom height width
// length x y z rotation_y [score]; pixels, metres, radians. What is not known is -1, -10 or -1000 there.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/model/format_writer.h"

namespace visionops::kitti {

/// A part of the row beside class and box, and the attribute that it becomes; a list of three where there are three.
struct Column {
  const char* attribute;
  std::size_t first;  ///< column, from 0
  std::size_t count;
  double unknown;  ///< all of them: no attribute
};
inline constexpr std::array<Column, 7> kColumns{{{"truncated", 1, 1, -1},
                                                 {"occluded", 2, 1, -1},
                                                 {"alpha", 3, 1, -10},
                                                 {"dimensions", 8, 3, -1},
                                                 {"location", 11, 3, -1000},
                                                 {"rotation_y", 14, 1, -10},
                                                 {"score", 15, 1, -1}}};
inline constexpr std::size_t kBox = 4;   ///< column of the left side
inline constexpr std::size_t kRow = 15;  ///< columns without the score
inline constexpr const char* kIgnored = "DontCare";

/// Appends the rows of one file to `a`; `image` is the index of its image. Rows of the class DontCare get the flag
/// `ignore`. Corners in the wrong order are exchanged (RepairedBox); other rows that are none are MalformedRow.
void read_kitti_rows(std::string_view text, const std::string& file, std::uint32_t image, annotations::Annotations& a,
                     annotations::CategoryNames& names, annotations::Findings& findings);

annotations::LossReport kitti_loss(const annotations::Annotations& a, const std::vector<Task>& tasks);
std::vector<bool> kitti_keeps(const annotations::Annotations& a, const std::vector<Task>& tasks);
std::string write_kitti_rows(const annotations::Annotations& a, std::span<const std::uint32_t> objects);

}  // namespace visionops::kitti
