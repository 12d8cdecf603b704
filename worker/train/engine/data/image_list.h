// The images of a set as the cache of their pixels sees them, whatever a task knows of them beside that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "worker/storage/storage_client.h"

namespace visionops::train {

struct ImageFile {
  const std::string& path;  ///< in the store
  std::int32_t width = 0;   ///< pixels, as the annotations have it
  std::int32_t height = 0;
};

class ImageList {
 public:
  ImageList() = default;
  ImageList(const ImageList&) = default;
  ImageList(ImageList&&) = default;
  ImageList& operator=(const ImageList&) = default;
  ImageList& operator=(ImageList&&) = default;
  virtual ~ImageList() = default;

  [[nodiscard]] virtual storage::StorageClient& files() const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual ImageFile image(std::size_t index) const = 0;
  /// Takes images out of the set; `indexes` ascend, `why` is for people.
  virtual void leave_out(std::span<const std::size_t> indexes, const std::string& why) = 0;
};

}  // namespace visionops::train
