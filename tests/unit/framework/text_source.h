#pragma once

#include <string>
#include <utility>

#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::framework {

/// A file in memory that counts what is read of it.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length) const override {
    auto part = offset > text_.size() ? std::string() : text_.substr(offset, length);
    read_ += part.size();
    return part;
  }
  [[nodiscard]] std::size_t bytes_read() const { return read_; }

 private:
  std::string text_;
  mutable std::size_t read_ = 0;
};

}  // namespace visionops::framework
