// How strongly a JPEG file is quantised, on the IJG quality scale (libjpeg, jpeg_quality_scaling).
#pragma once

#include "worker/dataset/images/jpeg_segments.h"

namespace visionops::pipeline {

/// The example table K.1 (luminance) or K.2 (chrominance) of T.81 scaled to `quality` 1..100, zigzag order.
QuantisationTable standard_table(bool luminance, int quality);
/// Whether no step of the file is finer than at `quality`: writing it with that quality could only lose.
bool as_coarse_as(const JpegSegments& file, int quality);
/// The lowest quality whose steps are all at least as fine as the file's, so that writing the picture
/// again keeps what it has; 100 when there is none.
int quality_of(const JpegSegments& file);

}  // namespace visionops::pipeline
