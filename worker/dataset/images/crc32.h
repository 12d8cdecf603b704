// The checksum of PNG chunks (PNG, annex D), eight bytes at a time. PURE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace visionops::annotations {

class Crc32 {
 public:
  void update(std::string_view bytes) {
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8) {
      const std::uint32_t first = rest_ ^ little32(bytes, at);
      const std::uint32_t second = little32(bytes, at + 4);
      rest_ = kTables[7][first & 0xff] ^ kTables[6][(first >> 8U) & 0xff] ^ kTables[5][(first >> 16U) & 0xff] ^
              kTables[4][first >> 24U] ^ kTables[3][second & 0xff] ^ kTables[2][(second >> 8U) & 0xff] ^
              kTables[1][(second >> 16U) & 0xff] ^ kTables[0][second >> 24U];
    }
    for (; at < bytes.size(); ++at) {
      rest_ = kTables[0][(rest_ ^ static_cast<std::uint8_t>(bytes[at])) & 0xff] ^ (rest_ >> 8U);
    }
  }
  [[nodiscard]] std::uint32_t value() const { return ~rest_; }

 private:
  using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

  static constexpr Tables make_tables() {
    Tables out{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xedb88320U : 0U);
      out[0][i] = value;
    }
    for (std::size_t table = 1; table < out.size(); ++table) {
      for (std::size_t i = 0; i < 256; ++i) {
        out[table][i] = (out[table - 1][i] >> 8U) ^ out[0][out[table - 1][i] & 0xff];
      }
    }
    return out;
  }

  static std::uint32_t little32(std::string_view b, std::size_t at) {
    const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<std::uint8_t>(b[at + i])}; };
    return byte(0) | (byte(1) << 8U) | (byte(2) << 16U) | (byte(3) << 24U);
  }

  static const Tables kTables;
  std::uint32_t rest_ = ~std::uint32_t{0};
};

inline constexpr Crc32::Tables Crc32::kTables = Crc32::make_tables();

}  // namespace visionops::annotations
