// Numbers in the bytes of image files, and the marks of JPEG. The caller checks that the bytes are there. PURE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace visionops::annotations {

inline unsigned byte_at(std::string_view b, std::size_t i) { return static_cast<unsigned char>(b[i]); }
inline unsigned big16(std::string_view b, std::size_t i) { return (byte_at(b, i) << 8U) | byte_at(b, i + 1); }
inline std::uint32_t big32(std::string_view b, std::size_t i) { return (big16(b, i) << 16U) | big16(b, i + 2); }
inline unsigned little16(std::string_view b, std::size_t i) { return byte_at(b, i) | (byte_at(b, i + 1) << 8U); }
inline unsigned little24(std::string_view b, std::size_t i) { return little16(b, i) | (byte_at(b, i + 2) << 16U); }
inline std::uint32_t little32(std::string_view b, std::size_t i) {
  return little16(b, i) | (little16(b, i + 2) << 16U);
}

/// SOF0..SOF15 without DHT, JPG, DAC.
inline bool is_frame_header(unsigned marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
/// Without a length behind it.
inline bool stands_alone(unsigned marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8); }

}  // namespace visionops::annotations
