#include "worker/dataset/folder/image_file.h"

#include "base/digest.h"
#include "worker/dataset/images/tiff_directory.h"

namespace visionops::dataset_folder {

namespace {

using annotations::ImageHeader;

constexpr std::size_t kMaxDirectoryBytes = 2 + 12 * 65'535;  // entries are counted in 16 bits

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
  const auto header = annotations::read_image_header(found);
  if (!header) return header.error();
  if (!*header) return invalid_error("the file ends in its header");
  return **header;
}

}  // namespace

Result<ImageHeader> read_image_file_header(storage::StorageClient& store, const std::string& path) {
  for (const std::int64_t bytes : {4LL << 10, 256LL << 10, 4LL << 20}) {
    const auto prefix = store.read(path, bytes, true);
    if (!prefix) return prefix.error();
    const auto header = annotations::read_image_header(*prefix);
    if (!header) return header.error();
    if (*header) return **header;
    if (static_cast<std::int64_t>(prefix->size()) < bytes) return invalid_error("the file ends in its header");
    if (annotations::is_tiff(*prefix)) return read_directory_behind(store, path, *prefix);
  }
  return invalid_error("the header has more than 4 MiB");
}

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
  return out;
}

}  // namespace visionops::dataset_folder
