#include "worker/train/engine/data/image_cache.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <variant>

#include "base/locked.h"
#include "base/parallel/parallel_for.h"
#include "worker/dataset/images/image_header.h"
#include "worker/pipeline/materialise/codec_header.h"
#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/pixels/operations/upright.h"

namespace visionops::train {
namespace {

/// libjpeg decodes at a half, a quarter or an eighth almost for nothing; the rest is left to resize().
int decode_flags(const std::string& bytes, std::int32_t side) {
  const auto header = annotations::read_image_header(bytes);
  const std::int64_t larger = header && *header ? std::max((*header)->width, (*header)->height) : 0;
  if (larger >= 8LL * side) return cv::IMREAD_REDUCED_COLOR_8;
  if (larger >= 4LL * side) return cv::IMREAD_REDUCED_COLOR_4;
  if (larger >= 2LL * side) return cv::IMREAD_REDUCED_COLOR_2;
  return cv::IMREAD_COLOR;
}

cv::Mat decode_bytes(const std::string& bytes, int flags) {
  const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  return cv::imdecode(raw, flags);
}

/// As the annotations see it: turned by its Exif orientation, unless their size has the shape of the stored pixels.
/// OpenCV itself knows the orientation of some kinds only; that of TIFF it always applies.
cv::Mat decode_oriented(const std::string& bytes, int flags, const ImageFile& sample) {
  cv::Mat picture = decode_bytes(bytes, flags | cv::IMREAD_IGNORE_ORIENTATION);
  const auto header = annotations::read_image_header(bytes, annotations::HeaderExtent::Whole);
  if (picture.empty() || !header || !*header || (*header)->kind == annotations::ImageKind::Tiff) return picture;
  const bool exchanges = (*header)->orientation >= 5 && picture.cols != picture.rows && sample.width != sample.height;
  const bool as_stored = (sample.width > sample.height) == (picture.cols > picture.rows);
  if (!exchanges || !as_stored) pipeline::apply_orientation(picture, (*header)->orientation);
  return picture;
}

StoredImage shrink(const cv::Mat& picture, const ImageFile& sample, std::int32_t side) {
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(sample.width, sample.height));
  const cv::Size size(std::max(1, static_cast<int>(std::lround(sample.width * scale))),
                      std::max(1, static_cast<int>(std::lround(sample.height * scale))));
  StoredImage stored{
      {}, static_cast<double>(size.width) / sample.width, static_cast<double>(size.height) / sample.height};
  cv::cvtColor(picture, stored.pixels, cv::COLOR_BGR2RGB);
  if (stored.pixels.size() != size) cv::resize(stored.pixels, stored.pixels, size, 0, 0, cv::INTER_AREA);
  return stored;
}

}  // namespace

ImageCache::ImageCache(ImageList& set, std::int32_t side, std::int64_t max_bytes)
    : set_(set), side_(side), max_bytes_(max_bytes), images_(set.size()), decoding_(pipeline::kMaxDecodingBytes) {
  cv::setNumThreads(1);  // the batches are made on threads of our own
}

Status ImageCache::fill(unsigned threads) {
  Locked<std::vector<std::pair<std::size_t, Error>>> found;
  std::atomic<std::int64_t> bytes{0};
  const auto work = [&](std::size_t i) {
    auto image = decode(i);
    if (image) {
      const auto size = static_cast<std::int64_t>(image->pixels.total()) * 3;
      if (bytes.fetch_add(size) + size <= max_bytes_) images_[i] = std::move(*image);
      return;
    }
    found.with([&](auto& all) { all.emplace_back(i, image.error()); });
  };
  parallel_for(images_.size(), std::max(threads, 1U), work, /*block=*/1);
  auto damaged = found.with([](auto& all) { return std::move(all); });
  std::ranges::sort(damaged, {}, [](const auto& entry) { return entry.first; });
  for (const auto& [index, error] : damaged) {
    if (error.cls != ErrorClass::Invalid && error.cls != ErrorClass::NotFound) return error;
  }
  if (!damaged.empty()) remove(damaged);
  return set_.size() == 0 ? Status(invalid_error("no image can be decoded")) : Status();
}

void ImageCache::remove(const std::vector<std::pair<std::size_t, Error>>& damaged) {
  std::vector<std::size_t> indexes;
  for (const auto& [index, error] : damaged) indexes.push_back(index);
  set_.leave_out(indexes, std::to_string(damaged.size()) + (damaged.size() == 1 ? " image" : " images") +
                              " cannot be decoded, left out; first: " + damaged.front().second.message);
  for (auto index = indexes.rbegin(); index != indexes.rend(); ++index) {
    images_.erase(images_.begin() + static_cast<std::ptrdiff_t>(*index));
  }
}

Result<StoredImage> ImageCache::get(std::size_t sample) const {
  return images_[sample].pixels.empty() ? decode(sample) : Result<StoredImage>(images_[sample]);
}

std::size_t ImageCache::cached() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(images_, [](const StoredImage& i) { return !i.pixels.empty(); }));
}

Result<StoredImage> ImageCache::decode(std::size_t index) const {
  const auto sample = set_.image(index);
  const auto bytes = set_.files().read(sample.path, pipeline::kMaxImageBytes);
  if (!bytes) return bytes.error();
  const pipeline::PixelBudget::Share share(decoding_, pipeline::decoding_bytes(*bytes));
  // OpenCV would try dozens of other kinds, whose libraries have bounds of their own or none.
  if (pipeline::sniff(*bytes) == pipeline::CodecKind::Other) {
    return invalid_error(sample.path + ": is none of JPEG, PNG, BMP, TIFF, WebP");
  }
  const auto verdict = pipeline::check_whole(*bytes, sample.path);
  if (const auto* error = std::get_if<Error>(&verdict)) return *error;
  if (const auto* trouble = std::get_if<pipeline::ImageTrouble>(&verdict)) {
    return invalid_error(sample.path + ": " + trouble->message);
  }
  try {
    const cv::Mat picture = decode_oriented(*bytes, decode_flags(*bytes, side_), sample);
    if (picture.empty()) return invalid_error(sample.path + ": cannot be decoded");
    return shrink(picture, sample, side_);
  } catch (const std::exception& e) {  // cv::Exception, std::bad_alloc
    return invalid_error(sample.path + ": " + e.what());
  }
}

}  // namespace visionops::train
