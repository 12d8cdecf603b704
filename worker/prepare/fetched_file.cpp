#include "worker/prepare/fetched_file.h"

#include "worker/layout/new_folder.h"

namespace visionops::prepare {

namespace {

bool keeps(const storage::StoredFile& file, const Promise& promise) {
  return (promise.sha256.empty() || file.sha256 == promise.sha256) && (promise.bytes < 0 || file.size == promise.bytes);
}

Error broken(const std::string& path, const storage::StoredFile& file, const Promise& promise) {
  if (promise.bytes >= 0 && file.size != promise.bytes) {
    return invalid_error(path + " has " + std::to_string(file.size) + " bytes, not the " +
                         std::to_string(promise.bytes) + " that were promised");
  }
  return invalid_error(path + " has sha256 " + file.sha256 + ", not " + promise.sha256);
}

}  // namespace

std::string file_name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }  // npos + 1 is 0

Result<std::filesystem::path> fetch_file(storage::StorageClient& store, const std::string& path,
                                         const std::filesystem::path& folder, const std::string& name,
                                         const Promise& promise) {
  const auto there = store.stat(path);
  if (!there) return there.error();
  if (promise.bytes >= 0 && there->size != promise.bytes) return broken(path, {there->size, {}}, promise);
  if (auto made = layout::make_real_folder(folder); !made) return made.error();
  const auto target = storage::open_local_store(folder.string(), storage::Durability::Cached);
  if (!target) return target.error();
  if (!promise.sha256.empty()) {
    if (const auto earlier = (*target)->digest(name); earlier && keeps(*earlier, promise)) return folder / name;
  }
  const auto copied = (*target)->copy_from(store, path, name, ImageMode::Copy, storage::IfExists::Replace);
  if (!copied) return copied.error();
  if (keeps(*copied, promise)) return folder / name;
  (void)(*target)->remove(name);  // the next start replaces it
  return broken(path, *copied, promise);
}

}  // namespace visionops::prepare
