#include "worker/framework/checkpoints/zip_file.h"

#include <algorithm>

#include "worker/framework/checkpoints/byte_reader.h"

namespace visionops::framework {

namespace {

constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kEntrySize = 46;
constexpr std::uint64_t kMostDirectory = 8 << 20;
constexpr std::string_view kEndMark = "PK\5\6";
constexpr std::string_view kEnd64Mark = "PK\6\6";
constexpr std::string_view kLocatorMark = "PK\6\7";
constexpr std::string_view kEntryMark = "PK\1\2";
constexpr std::uint32_t kIn64 = 0xffffffff;

struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

Error without(const std::string& what) {
  return invalid_error("the zip file has no " + what + ": it was cut off, or is still written");
}

/// The end record: the last one whose comment ends with the file.
std::size_t find_end(std::string_view tail) {
  for (auto at = tail.rfind(kEndMark); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : tail.rfind(kEndMark, at - 1)) {
    if (tail.size() - at < kEndSize) continue;
    if (at + kEndSize + little_endian<std::uint16_t>(tail, at + 20) == tail.size()) return at;
  }
  return std::string_view::npos;
}

/// Of a file beyond 4 GiB: the locator before the end record leads to the record with wide numbers.
Result<Directory> wide_directory(const ByteSource& source, std::uint64_t end_at) {
  if (end_at < kLocatorSize) return without("locator of its directory");
  const auto locator = source.read(end_at - kLocatorSize, kLocatorSize);
  if (!locator) return locator.error();
  if (locator->size() < kLocatorSize || !locator->starts_with(kLocatorMark)) return without("locator of its directory");
  const auto record = source.read(little_endian<std::uint64_t>(*locator, 8), kEnd64Size);
  if (!record) return record.error();
  if (record->size() < kEnd64Size || !record->starts_with(kEnd64Mark)) return without("wide end record");
  return Directory{little_endian<std::uint64_t>(*record, 48), little_endian<std::uint64_t>(*record, 40)};
}

/// Every entry is whole and lies before the directory.
Status check_entries(std::string_view entries, std::uint64_t directory_at) {
  while (entries.size() >= kEntrySize) {
    if (!entries.starts_with(kEntryMark)) return invalid_error("the directory of the zip file is damaged");
    const auto packed = little_endian<std::uint32_t>(entries, 20);
    const auto offset = little_endian<std::uint32_t>(entries, 42);
    const std::size_t names = std::size_t{little_endian<std::uint16_t>(entries, 28)} +
                              little_endian<std::uint16_t>(entries, 30) + little_endian<std::uint16_t>(entries, 32);
    const bool wide = packed == kIn64 || offset == kIn64;
    if (!wide && std::uint64_t{packed} + offset > directory_at)
      return invalid_error("an entry of the zip file lies outside of it");
    entries.remove_prefix(std::min(entries.size(), kEntrySize + names));
  }
  return {};
}

}  // namespace

Status check_zip(const ByteSource& source) {
  const std::uint64_t size = source.size();
  const std::uint64_t tail_size = std::min<std::uint64_t>(size, kEndSize + 0xffff);
  const auto tail = source.read(size - tail_size, static_cast<std::size_t>(tail_size));
  if (!tail) return tail.error();
  const auto at = find_end(*tail);
  if (at == std::string_view::npos) return without("directory at its end");
  const std::uint64_t end_at = size - tail_size + at;
  Directory directory{little_endian<std::uint32_t>(*tail, at + 16), little_endian<std::uint32_t>(*tail, at + 12)};
  if (directory.offset == kIn64 || directory.size == kIn64) {
    const auto wide = wide_directory(source, end_at);
    if (!wide) return wide.error();
    directory = *wide;
  }
  if (directory.offset > end_at || directory.size > end_at - directory.offset) {
    return invalid_error("the directory of the zip file lies outside of it");
  }
  const auto entries =
      source.read(directory.offset, static_cast<std::size_t>(std::min(directory.size, kMostDirectory)));
  if (!entries) return entries.error();
  return check_entries(*entries, directory.offset);
}

}  // namespace visionops::framework
