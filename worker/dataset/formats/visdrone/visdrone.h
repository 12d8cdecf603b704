// VisDrone DET annotation files -> Annotations. PURE.
// Source: VisDrone/VisDrone2018-DET-toolkit, README and utils/dropObjectsInIgr.m.
//   row   left,top,width,height,score,category,truncation,occlusion     pixels; one file for each image
// category 0 is a region without labels, 11 is "others"; score 0 marks a box that evaluation ignores.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// The twelve categories in the order of a YOLO file: pedestrian to motor as 0 to 9, as Ultralytics numbers them, then
/// others (11 in VisDrone) and ignored-regions (0).
std::vector<Category> visdrone_categories();

/// Appends the rows of one file to `a`, which has visdrone_categories(); `image` is the index of its image, whose size
/// must be known. Nothing is left out but rows that are not understood (a MalformedRow finding each): ignored regions
/// and boxes of score 0 get the flag `ignore`; score, truncation and occlusion become attributes. Objects get the ids
/// a.objects.size() + 1, ...
void read_visdrone_rows(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                        Findings& findings);

/// "images/train/a.jpg" -> "annotations/train/a.txt": the last folder "images" becomes "annotations".
std::string visdrone_annotation_path(std::string_view image_path);

}  // namespace visionops::annotations
