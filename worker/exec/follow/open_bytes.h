// An open file as the room framework looks at it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::exec {

/// Does not own the descriptor, which must stay open. `path` is for messages.
class OpenBytes final : public framework::ByteSource {
 public:
  OpenBytes(int file, std::string path) : file_(file), path_(std::move(path)) {}
  [[nodiscard]] std::uint64_t size() const override;
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t length) const override;

 private:
  int file_;
  std::string path_;
};

}  // namespace visionops::exec
