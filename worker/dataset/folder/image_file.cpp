#include "worker/dataset/folder/image_file.h"

#include "base/digest.h"

namespace visionops::dataset_folder {

Result<annotations::ImageHeader> read_image_file_header(storage::StorageClient& store, const std::string& path) {
  for (const std::int64_t bytes : {4LL << 10, 256LL << 10, 4LL << 20}) {
    const auto prefix = store.read(path, bytes, true);
    if (!prefix) return prefix.error();
    const auto header = annotations::read_image_header(*prefix);
    if (!header) return header.error();
    if (*header) return **header;
    if (static_cast<std::int64_t>(prefix->size()) < bytes) return invalid_error("the file ends in its header");
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
