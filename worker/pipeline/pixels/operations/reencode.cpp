#include "worker/pipeline/pixels/operations/reencode.h"

#include <algorithm>

#include "worker/pipeline/pixels/operations/define.h"

namespace visionops::pipeline {
namespace {

struct Quality : Reencode {
  std::int32_t jpeg_quality() const { return quality; }
  PictureSize resulting_size(PictureSize size) const { return size; }
  std::string text() const { return "JPEG quality <= " + std::to_string(quality); }
  std::string canonical() const { return "reencode " + std::to_string(quality) + ";"; }
  std::optional<ImageOperations> fold(const Quality& next) const {
    return ImageOperations{Reencode{std::min(quality, next.quality)}};
  }
};

}  // namespace

namespace operations {
extern const OperationKind reencode = define_operation<Quality>("reencode");
}  // namespace operations

Reencode::operator ImageOperation() const { return {operations::reencode, Quality{*this}}; }

}  // namespace visionops::pipeline
