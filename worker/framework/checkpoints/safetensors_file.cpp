#include "worker/framework/checkpoints/safetensors_file.h"

#include <algorithm>

#include "base/json.h"
#include "worker/framework/checkpoints/byte_reader.h"

namespace visionops::framework {

namespace {

constexpr std::uint64_t kMostHeader = 8 << 20;

/// The end of the last tensor; nullopt: the header is none.
std::optional<std::uint64_t> end_of_tensors(const Json& header) {
  std::uint64_t end = 0;
  for (const auto& [name, tensor] : header.items()) {
    if (name == "__metadata__") continue;
    const auto offsets = tensor.is_object() ? tensor.find("data_offsets") : tensor.end();
    if (!tensor.is_object() || offsets == tensor.end() || !offsets->is_array() || offsets->size() != 2 ||
        !(*offsets)[1].is_number_unsigned()) {
      return std::nullopt;
    }
    end = std::max(end, (*offsets)[1].get<std::uint64_t>());
  }
  return end;
}

}  // namespace

Status check_safetensors(const ByteSource& source) {
  const auto length = source.read(0, 8);
  if (!length) return length.error();
  const std::uint64_t size = source.size();
  if (length->size() < 8) return invalid_error("the safetensors file ends within the length of its header");
  const auto header_size = little_endian<std::uint64_t>(*length, 0);
  if (header_size > size - 8) return invalid_error("the safetensors file ends within its header");
  if (header_size > kMostHeader) return {};  // nobody's; not judged
  const auto text = source.read(8, static_cast<std::size_t>(header_size));
  if (!text) return text.error();
  const auto header = parse_json(*text);
  if (!header || !header->is_object()) return invalid_error("the header of the safetensors file is no JSON");
  const auto end = end_of_tensors(*header);
  if (!end) return invalid_error("the header of the safetensors file does not say where its tensors lie");
  if (*end != size - 8 - header_size)
    return invalid_error("the safetensors file ends before its last tensor, or behind it");
  return {};
}

}  // namespace visionops::framework
