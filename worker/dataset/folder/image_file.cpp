#include "worker/dataset/folder/image_file.h"

#include "base/digest.h"
#include "worker/dataset/images/exif.h"
#include "worker/dataset/images/image_completeness.h"
#include "worker/dataset/images/tiff_directory.h"

namespace visionops::dataset_folder {

namespace {

using annotations::ImageHeader;

constexpr std::int64_t kMaxPrefixBytes = std::int64_t{4} << 20;
constexpr std::int64_t kMaxCheckedTiffBytes = std::int64_t{16} << 20;
constexpr std::size_t kMaxDirectoryBytes = 2 + 12 * 65'535;  // entries are counted in 16 bits

/// Before or behind the first 4 MiB, which gave the size.
Result<ImageHeader> read_exif_behind(storage::StorageClient& store, const std::string& path, ImageHeader header) {
  annotations::ExifSearch search;
  const auto read = store.read_chunks(path, kMaxImageBytes, [&](std::string_view bytes) -> Status {
    return search.feed(bytes) ? Status{} : Status(Error{ErrorClass::Cancelled, "it is all there"});
  });
  if (!read && read.error().cls != ErrorClass::Cancelled) return read.error();
  header.orientation = search.orientation();
  return header;
}

/// Many writers put the directory behind the pixels. `prefix` is the begin of the file.
Result<ImageHeader> read_directory_behind(storage::StorageClient& store, const std::string& path,
                                          std::string_view prefix) {
  const std::uint64_t directory = annotations::tiff_directory(prefix);
  std::string found = annotations::tiff_before_directory(prefix);
  const std::size_t most = found.size() + kMaxDirectoryBytes;
  std::uint64_t at = 0;
  const auto read = store.read_chunks(path, kMaxImageBytes, [&](std::string_view bytes) -> Status {
    const std::uint64_t end = at + bytes.size();
    if (end > directory) found += bytes.substr(directory > at ? directory - at : 0, most - found.size());
    at = end;
    return found.size() < most ? Status{} : Status(Error{ErrorClass::Cancelled, "it is all there"});
  });
  if (!read && read.error().cls != ErrorClass::Cancelled) return read.error();
  const auto header = annotations::read_image_header(found, annotations::HeaderExtent::Whole);
  if (!header) return header.error();
  if (!*header) return invalid_error("the file ends in its header");
  return **header;
}

}  // namespace

Result<ImageHeader> read_image_file_header(storage::StorageClient& store, const std::string& path) {
  for (const std::int64_t bytes : {std::int64_t{4} << 10, std::int64_t{256} << 10, kMaxPrefixBytes}) {
    const auto prefix = store.read(path, bytes, true);
    if (!prefix) return prefix.error();
    const auto header = annotations::read_image_header(*prefix);
    if (!header) return header.error();
    if (*header) return **header;
    const bool whole = static_cast<std::int64_t>(prefix->size()) < bytes;
    if (!whole && annotations::is_tiff(*prefix)) return read_directory_behind(store, path, *prefix);
    if (!whole && bytes < kMaxPrefixBytes) continue;
    const auto sized = annotations::read_image_header(*prefix, annotations::HeaderExtent::Whole);
    if (sized.ok() && *sized) return whole ? Result<ImageHeader>(**sized) : read_exif_behind(store, path, **sized);
    if (whole) return invalid_error("the file ends in its header");
  }
  return invalid_error("the header has more than 4 MiB");
}

namespace {

/// What shows only when its end is known. A larger TIFF is left to the step that decodes it.
std::string damage_of(storage::StorageClient& store, const std::string& path, const CheckedImage& image) {
  if (!image.header) return {};
  if (image.header->kind == annotations::ImageKind::Gif) return annotations::gif_problem(path);
  if (image.header->kind != annotations::ImageKind::Tiff || image.file.size > kMaxCheckedTiffBytes) return {};
  const auto bytes = store.read(path, kMaxCheckedTiffBytes);
  return bytes && bytes->size() >= 8 ? annotations::tiff_problem(*bytes) : "";
}

}  // namespace

Result<CheckedImage> check_image_file(storage::StorageClient& store, const std::string& path) {
  CheckedImage out;
  Sha256 hash;
  annotations::ImageCompleteness completeness;
  bool first = true;
  bool header_goes_on = false;
  const auto read = store.read_chunks(path, kMaxImageBytes, [&](std::string_view bytes) -> Status {
    if (first) {
      const auto header = annotations::read_image_header(bytes);
      if (!header) out.damage = header.error().message;
      if (header.ok()) out.header = *header;
      header_goes_on = header.ok() && !*header;
      first = false;
    }
    completeness.feed(bytes);
    hash.update(bytes);
    out.file.size += static_cast<std::int64_t>(bytes.size());
    return {};
  });
  if (!read) return read.error();
  out.file.sha256 = hash.hex();
  if (first) out.damage = "the file is empty";
  if (out.damage.empty()) out.damage = completeness.problem();
  if (out.damage.empty() && header_goes_on) {
    // the first piece was a whole MiB, or the file ended inside its header
    const auto header = read_image_file_header(store, path);
    if (header.ok()) out.header = *header;
    if (!header) out.damage = header.error().message;
  }
  if (out.damage.empty()) out.damage = damage_of(store, path, out);
  return out;
}

}  // namespace visionops::dataset_folder
