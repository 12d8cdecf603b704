// A zip of one stored file, as torch.save writes its parts.
#pragma once

#include <cstdint>
#include <string>

namespace visionops::exec {

inline std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const unsigned char byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

inline std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xff);
  return out;
}

/// PKWARE's APPNOTE 6.3: local header, bytes, central directory, its end.
inline std::string zip_of(const std::string& bytes) {
  const std::string name = "archive/data.pkl";
  const auto sizes = little(crc_of(bytes), 4) + little(bytes.size(), 4) + little(bytes.size(), 4);
  const auto common =
      little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + sizes + little(name.size(), 2) + little(0, 2);
  const auto local = "PK\3\4" + common + name + bytes;
  const auto central = "PK\1\2" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                       little(0, 4) + name;
  return local + central + "PK\5\6" + little(0, 2) + little(0, 2) + little(1, 2) + little(1, 2) +
         little(central.size(), 4) + little(local.size(), 4) + little(0, 2);
}

}  // namespace visionops::exec
