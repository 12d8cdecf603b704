// Whether the file of a checkpoint is whole, by its bytes alone: nobody tells when a framework has written the last
// one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::framework {

/// Where the bytes come from: an open file, or a text in memory. Must not change while it is looked at.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Up to `length` bytes from `offset`; fewer only at the end. Whatever goes wrong is an Error.
  [[nodiscard]] virtual Result<std::string> read(std::uint64_t offset, std::size_t length) const = 0;
};

/// By the format that the first bytes and the name tell: zip (torch.save, .ckpt, .pth.tar), torch's older formats,
/// safetensors, JSON, NumPy, pickle. Ok: whole, or of a format that cannot be judged (then only an empty file is
/// refused). Invalid: what is missing. Reads at most some 8 MiB of a zip's or safetensors' directory, never the
/// weights; torch's older formats are walked through by their sizes.
Status check_whole(std::string_view name, const ByteSource& source);

}  // namespace visionops::framework
