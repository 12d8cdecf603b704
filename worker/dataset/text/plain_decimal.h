// The numbers that polygons are made of, "456.71": up to eight characters, read without a branch for each digit.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace visionops::annotations {

/// Reads a JSON number of digits and at most one point, without a sign or an exponent. False for everything else, also
/// for what is no JSON number ("05", "5.", ".5"): the caller then asks the general parser. Eight bytes at `text` must
/// be readable whatever the size. The result is the nearest double: below 10^8 digits and power are exact, and so one
/// division rounds once (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990).
/// Eight digits by three multiplications: D. Lemire, Parsing series of integers with SIMD, 2018.
inline bool read_plain_decimal(const char* text, std::size_t size, double& out) {
  static_assert(std::endian::native == std::endian::little, "the first character is the lowest byte");
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kZeros = kEach * '0';
  constexpr std::array<double, 8> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
  if (size == 0 || size > 8) return false;
  if (text[0] == '0' && size > 1 && text[1] != '.') return false;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  // the last character becomes the highest byte, zeros stand before the first
  const auto shift = 8 * (8 - size);
  bytes = bytes << shift | (kZeros & ((std::uint64_t{1} << shift) - 1));
  const std::uint64_t no_point = bytes ^ (kEach * '.');
  const std::uint64_t points = (no_point - kEach) & ~no_point & (kEach * 0x80);  // exact for the lowest one
  std::size_t decimals = 0;
  if (points != 0) {
    const auto at = static_cast<unsigned>(std::countr_zero(points)) / 8;  // byte of the point
    decimals = 7 - at;
    if (decimals == 0 || at == 8 - size) return false;
    const std::uint64_t below = (std::uint64_t{1} << (8 * at)) - 1;
    const std::uint64_t above = at == 7 ? 0 : ~std::uint64_t{0} << (8 * (at + 1));
    bytes = (bytes & above) | (bytes & below) << 8 | '0';
  }
  if ((((bytes + kEach * 0x46) | (bytes - kZeros)) & (kEach * 0x80)) != 0) return false;
  bytes -= kZeros;
  bytes = bytes * 10 + (bytes >> 8);
  constexpr std::uint64_t kPairs = 0x000000ff000000ff;
  const std::uint64_t digits = ((bytes & kPairs) * (100 + (std::uint64_t{1000000} << 32)) +
                                ((bytes >> 16) & kPairs) * (1 + (std::uint64_t{10000} << 32))) >>
                               32;
  out = static_cast<double>(digits) / kPowers[decimals];
  return true;
}

}  // namespace visionops::annotations
