#include "worker/pipeline/publish/put_file.h"

namespace visionops::pipeline {

using storage::IfExists;

Result<storage::StoredFile> put_file(const SourceFolder& output, const std::string& path, const std::string& bytes) {
  const auto full = path_in(output.folder, path);
  // the cheap way first: on a fresh folder nothing is there
  auto written = output.store->write(full, bytes, IfExists::KeepEqual);
  if (written || written.error().cls != ErrorClass::AlreadyExists) return written;
  return output.store->write(full, bytes, IfExists::Replace);
}

}  // namespace visionops::pipeline
