#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>

#include "worker/pipeline/materialise/pixel_library.h"
#include "worker/pipeline/pixels/jpeg_recode.h"
#include "worker/pipeline/pixels/picture_recode.h"

namespace visionops::pipeline {
namespace {

/// What is thrown while a file is decoded is that file's trouble.
template <auto Function>
struct Guarded;
template <class... Arguments, RecodeResult (*Function)(Arguments...)>
struct Guarded<Function> {
  static RecodeResult call(Arguments... arguments) {
    try {
      return Function(arguments...);
    } catch (const cv::Exception& e) {
      return ImageTrouble{"DamagedImage", "OpenCV: " + e.err};
    } catch (const std::bad_alloc&) {
      return ImageTrouble{"OversizedImage", "not enough memory to decode it"};
    }
  }
};

}  // namespace

extern "C" const PixelLibrary* visionops_pixel_library() {
  static const PixelLibrary library{Guarded<&recode_jpeg>::call, Guarded<&recode_picture>::call,
                                    Guarded<&check_jpeg>::call};
  cv::setNumThreads(1);  // one picture a thread of ours is the better split
  return &library;
}

}  // namespace visionops::pipeline
