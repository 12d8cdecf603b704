// What decodes and encodes pictures, loaded when the first file needs it: a worker that copies, converts annotations or
// inspects does without OpenCV and the hundred libraries behind it (50 MiB, 60 ms of every start).
#pragma once

#include <string>

#include "base/result.h"
#include "worker/dataset/images/jpeg_segments.h"
#include "worker/pipeline/materialise/recode.h"

namespace visionops::pipeline {

/// The functions of visionops-pixels.so. Thread-safe; nothing is thrown.
/// Both sides are of one build: nothing here is a stable interface.
struct PixelLibrary {
  /// JPEG in, JPEG out. `operations` are folded and not empty, `segments` belong to `bytes` and passed the limits.
  RecodeResult (*recode_jpeg)(const std::string& bytes, const JpegSegments& segments, const ImageOperations& operations,
                              AnnotatedSize size);
  /// Every other format into itself. `suffix`: ".png", the format as OpenCV names it. `orientation`: Exif, 1..8, that
  /// the stored pixels have to be turned by.
  RecodeResult (*recode_picture)(const std::string& bytes, const std::string& suffix, const ImageOperations& operations,
                                 int orientation);
  /// Decodes a whole JPEG file and reports damage: Unchanged or ImageTrouble.
  RecodeResult (*check_jpeg)(const std::string& bytes);

  /// Loads the library that lies beside the program, once. From any thread. Internal when it is missing.
  static Result<const PixelLibrary*> load();
};

/// The library's only exported symbol.
extern "C" [[gnu::visibility("default")]] const PixelLibrary* visionops_pixel_library();

}  // namespace visionops::pipeline
