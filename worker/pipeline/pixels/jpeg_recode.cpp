#include "worker/pipeline/pixels/jpeg_recode.h"

#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <vector>

#include "worker/dataset/images/image_header.h"
#include "worker/dataset/images/jpeg_quality.h"
#include "worker/pipeline/pixels/apply_operations.h"
#include "worker/pipeline/pixels/operations/upright.h"

namespace visionops::pipeline {
namespace {

struct DestroyHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, DestroyHandle>;

constexpr std::string_view kEndMarker = "\xFF\xD9";
constexpr int kFlags = TJFLAG_ACCURATEDCT;

const unsigned char* data_of(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

ImageTrouble damaged(void* handle) { return {"DamagedImage", std::string("JPEG: ") + tjGetErrorStr2(handle)}; }

/// The bytes that libjpeg-turbo allocated for a result.
class Encoded {
 public:
  unsigned char** buffer() { return &buffer_; }
  unsigned long* size() { return &size_; }
  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(buffer_), size_}; }
  Encoded() = default;
  Encoded(const Encoded&) = delete;
  Encoded& operator=(const Encoded&) = delete;
  ~Encoded() { tjFree(buffer_); }

 private:
  unsigned char* buffer_ = nullptr;
  unsigned long size_ = 0;
};

struct Frame {
  int width = 0, height = 0, subsampling = 0, colours = 0;
  [[nodiscard]] bool cmyk() const { return colours == TJCS_CMYK || colours == TJCS_YCCK; }
  [[nodiscard]] bool grey() const { return colours == TJCS_GRAY; }
  [[nodiscard]] bool ycbcr() const { return colours == TJCS_YCbCr || grey(); }
  [[nodiscard]] bool whole_mcus() const {
    return width % tjMCUWidth[subsampling] == 0 && height % tjMCUHeight[subsampling] == 0;
  }
};

/// Runs a decoding call. A warning means damage, but a file that lacks only its end marker decodes
/// without one when the marker is put back.
template <class Call>
bool decodes(void* handle, const std::string& bytes, Call call) {
  if (call(bytes) == 0) return true;
  if (tjGetErrorCode(handle) != TJERR_WARNING) return false;
  const auto segments = read_jpeg_segments(bytes);
  if (!segments || segments->ends) return false;
  return call(bytes + std::string(kEndMarker)) == 0;
}

std::optional<Frame> read_frame(void* handle, const std::string& bytes) {
  Frame frame;
  if (tjDecompressHeader3(handle, data_of(bytes), bytes.size(), &frame.width, &frame.height, &frame.subsampling,
                          &frame.colours) != 0 ||
      frame.subsampling < 0 || frame.subsampling >= TJ_NUMSAMP) {
    return std::nullopt;
  }
  return frame;
}

/// The bounds were checked with the size that our reader found: the decoder must have found the same one.
std::optional<ImageTrouble> another_size(const Frame& frame, const JpegSegments& segments) {
  if (frame.width == segments.width && frame.height == segments.height) return std::nullopt;
  return ImageTrouble{"DamagedImage", "JPEG: has two sizes"};
}

/// A transform keeps all coefficients twice, two bytes each.
bool can_transform(const JpegSegments& segments) { return 4 * segments.samples <= kMaxDecodingBytes; }

/// What the operations need of the file.
struct Wanted {
  std::vector<const ImageOperation*> pixels;  ///< those that are more than a matter of the encoder
  std::optional<int> quality;                 ///< at most
};

Wanted wanted_by(const ImageOperations& operations) {
  Wanted wanted;
  for (const auto& operation : operations) {
    if (!operation.only_encodes()) {
      wanted.pixels.push_back(&operation);
      continue;
    }
    const int quality = operation.kind().jpeg_quality(operation.value());
    wanted.quality = std::min(wanted.quality.value_or(quality), quality);
  }
  return wanted;
}

/// The planes of such a picture, without samples.
Planes planes_of(const Frame& frame) {
  Planes planes;
  planes.width = frame.width;
  planes.height = frame.height;
  planes.step_x = tjMCUWidth[frame.subsampling] / 8;
  planes.step_y = tjMCUHeight[frame.subsampling] / 8;
  planes.count = frame.grey() ? 1 : 3;
  for (int c = 0; c < planes.count; ++c) {
    auto& plane = planes.planes[static_cast<std::size_t>(c)];
    plane.width = tjPlaneWidth(c, frame.width, frame.subsampling);
    plane.height = tjPlaneHeight(c, frame.height, frame.subsampling);
    plane.stride = plane.width;
  }
  return planes;
}

/// Only when every operation has this fast path and leaves the size; one that has none would be left out otherwise.
bool fit_planes(const Wanted& wanted, const Planes& planes) {
  const PictureSize size{planes.width, planes.height};
  return std::ranges::all_of(wanted.pixels, [&](const ImageOperation* operation) {
    const auto& verbs = pixel_verbs_of(*operation);
    return verbs.apply_planes != nullptr && operation->resulting_size(size) == size &&
           (verbs.planes_fit == nullptr || verbs.planes_fit(operation->value(), planes));
  });
}

/// The one operation as a transformation of the coefficients; nullopt when it has none.
std::optional<JpegTransform> transform_of(const Wanted& wanted) {
  if (wanted.pixels.size() != 1 || wanted.quality) return std::nullopt;
  return pixel_verbs_of(*wanted.pixels.front()).transform;
}

/// Never finer than the source: bits that encode the quantisation noise of the source are wasted.
int output_quality(const JpegSegments& segments, const Wanted& wanted) {
  const int source = quality_of(segments);
  return wanted.quality ? std::min(*wanted.quality, source) : source;
}

RecodeResult by_transform(const std::string& bytes, const JpegSegments& segments, JpegTransform transform) {
  static_assert(static_cast<int>(JpegTransform::FlipX) == TJXOP_HFLIP &&
                static_cast<int>(JpegTransform::Rotate180) == TJXOP_ROT180 &&
                static_cast<int>(JpegTransform::Rotate270) == TJXOP_ROT270);
  const Handle handle(tjInitTransform());
  tjtransform how{};
  how.op = static_cast<int>(transform);
  how.options = TJXOPT_PERFECT | TJXOPT_COPYNONE;
  std::optional<Encoded> out;
  const bool ok = decodes(handle.get(), bytes, [&](const std::string& input) {
    out.emplace();
    return tjTransform(handle.get(), data_of(input), input.size(), 1, out->buffer(), out->size(), &how, 0);
  });
  if (!ok) return damaged(handle.get());
  return Recoded{with_icc(out->view(), segments.icc), "transform"};
}

RecodeResult by_planes(const std::string& bytes, const JpegSegments& segments, const Frame& frame, Planes planes,
                       const Wanted& wanted) {
  std::array<std::vector<std::uint8_t>, 3> samples;
  std::array<unsigned char*, 3> at{};
  std::array<int, 3> strides{};
  for (std::size_t c = 0; c < static_cast<std::size_t>(planes.count); ++c) {
    samples[c].resize(tjPlaneSizeYUV(static_cast<int>(c), frame.width, 0, frame.height, frame.subsampling));
    planes.planes[c].samples = at[c] = samples[c].data();
    strides[c] = planes.planes[c].stride;
  }
  const Handle decoder(tjInitDecompress());
  const bool ok = decodes(decoder.get(), bytes, [&](const std::string& input) {
    return tjDecompressToYUVPlanes(decoder.get(), data_of(input), input.size(), at.data(), 0, strides.data(), 0,
                                   kFlags);
  });
  if (!ok) return damaged(decoder.get());
  for (const auto* operation : wanted.pixels) pixel_verbs_of(*operation).apply_planes(operation->value(), planes);
  const Handle encoder(tjInitCompress());
  Encoded out;
  const std::array<const unsigned char*, 3> sources{at[0], at[1], at[2]};
  if (tjCompressFromYUVPlanes(encoder.get(), const_cast<const unsigned char**>(sources.data()), frame.width,
                              strides.data(), frame.height, frame.subsampling, out.buffer(), out.size(),
                              output_quality(segments, wanted), kFlags) != 0) {
    return damaged(encoder.get());
  }
  return Recoded{with_icc(out.view(), segments.icc), "planes"};
}

/// Grey or BGR pixels as stored, without the EXIF orientation; CMYK through OpenCV's conversion.
std::variant<cv::Mat, ImageTrouble> decode_pixels(const std::string& bytes, const Frame& frame) {
  const Handle decoder(tjInitDecompress());
  const int format = frame.cmyk() ? TJPF_CMYK : frame.grey() ? TJPF_GRAY : TJPF_BGR;
  cv::Mat picture(frame.height, frame.width, frame.cmyk() ? CV_8UC4 : frame.grey() ? CV_8UC1 : CV_8UC3);
  const bool ok = decodes(decoder.get(), bytes, [&](const std::string& input) {
    return tjDecompress2(decoder.get(), data_of(input), input.size(), picture.data, frame.width,
                         static_cast<int>(picture.step[0]), frame.height, format, kFlags);
  });
  if (!ok) return damaged(decoder.get());
  if (!frame.cmyk()) return picture;
  cv::Mat converted = cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data())),
                                   cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  if (converted.empty()) return ImageTrouble{"UnsupportedImage", "JPEG: the CMYK colours cannot be converted"};
  return converted;
}

RecodeResult by_pixels(const std::string& bytes, const JpegSegments& segments, const Frame& frame,
                       const ImageOperations& operations, int orientation, int quality) {
  auto decoded = decode_pixels(bytes, frame);
  if (auto* trouble = std::get_if<ImageTrouble>(&decoded)) return *trouble;
  cv::Mat picture = std::get<cv::Mat>(std::move(decoded));
  apply_orientation(picture, orientation);
  if (auto refused = apply_operations(operations, picture)) return *std::move(refused);
  if (!picture.isContinuous()) picture = picture.clone();
  const bool grey = picture.channels() == 1;
  // Another orientation swaps the chroma axes; 4:4:4 loses nothing then, nor for colours that were not subsampled.
  const bool keep_subsampling = frame.ycbcr() && !frame.grey() && orientation < 5;
  const int subsampling = grey ? TJSAMP_GRAY : keep_subsampling ? frame.subsampling : TJSAMP_444;
  const Handle encoder(tjInitCompress());
  Encoded out;
  if (tjCompress2(encoder.get(), picture.data, picture.cols, static_cast<int>(picture.step[0]), picture.rows,
                  grey ? TJPF_GRAY : TJPF_BGR, out.buffer(), out.size(), subsampling, quality, kFlags) != 0) {
    return damaged(encoder.get());
  }
  // A CMYK profile would be wrong for the converted colours.
  return Recoded{frame.cmyk() ? std::string(out.view()) : with_icc(out.view(), segments.icc), "pixels"};
}

/// The orientation that has to be applied to the pixels: none when the annotations refer to stored pixels.
int orientation_for(const JpegSegments& segments, AnnotatedSize size) {
  return annotations::orientation_seen({.kind = annotations::ImageKind::Jpeg,
                                        .width = segments.width,
                                        .height = segments.height,
                                        .orientation = segments.orientation},
                                       size.width, size.height);
}

}  // namespace

RecodeResult recode_jpeg(const std::string& bytes, const JpegSegments& segments, const ImageOperations& operations,
                         AnnotatedSize size) {
  const Wanted wanted = wanted_by(operations);
  if (wanted.pixels.empty() && wanted.quality && as_coarse_as(segments, *wanted.quality)) return Unchanged{};
  const Handle handle(tjInitDecompress());
  if (!handle) return ImageTrouble{"DamagedImage", "JPEG: the decoder could not be created"};
  const auto frame = read_frame(handle.get(), bytes);
  if (!frame) return damaged(handle.get());
  if (auto trouble = another_size(*frame, segments)) return *trouble;
  const int orientation = orientation_for(segments, size);
  if (orientation == 1 && frame->ycbcr()) {
    const auto transform = transform_of(wanted);
    if (transform && frame->whole_mcus() && can_transform(segments)) return by_transform(bytes, segments, *transform);
    if (Planes planes = planes_of(*frame); fit_planes(wanted, planes)) {
      return by_planes(bytes, segments, *frame, planes, wanted);
    }
  }
  return by_pixels(bytes, segments, *frame, operations, orientation, output_quality(segments, wanted));
}

RecodeResult check_jpeg(const std::string& bytes) {
  const Handle handle(tjInitDecompress());
  const auto frame = read_frame(handle.get(), bytes);
  if (!frame) return damaged(handle.get());
  const auto segments = read_jpeg_segments(bytes);
  if (!segments) return ImageTrouble{"DamagedImage", "JPEG: " + segments.error().message};
  if (auto trouble = another_size(*frame, *segments)) return *trouble;
  auto decoded = decode_pixels(bytes, *frame);
  if (auto* trouble = std::get_if<ImageTrouble>(&decoded)) return *trouble;
  return Unchanged{};
}

}  // namespace visionops::pipeline
