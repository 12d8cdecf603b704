// DOTA label files -> Annotations. PURE.
// Source: captain-whu.github.io/DOTA/dataset.html, DOTA_devkit/dota_utils.py parse_dota_poly.
//   imagesource:GoogleEarth                                        heads, not always there
//   gsd:0.146343590398
//   x1 y1 x2 y2 x3 y3 x4 y4 category difficult                     corners in pixels; 0 or 1, which may be missing
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Appends the objects of one file to `a`, as oriented boxes, and the categories that are not there yet, by their
/// names. The heads become unknown keys of the image, `difficult` an attribute. A row that is not understood is left
/// out with a MalformedRow finding.
void read_dota_rows(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                    Findings& findings);

}  // namespace visionops::annotations
