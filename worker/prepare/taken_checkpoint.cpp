#include "worker/prepare/taken_checkpoint.h"

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "base/posix/small_files.h"
#include "worker/checkpoints/unpack_tar.h"
#include "worker/layout/new_folder.h"
#include "worker/prepare/fetched_file.h"

namespace visionops::prepare {

namespace {

namespace fs = std::filesystem;

Status remove_all_but(const fs::path& folder, const std::string& kept) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename() == kept) continue;
    if (auto removed = layout::remove_tree(entry.path()); !removed) return removed;
  }
  return error ? Status(retry_error("cannot read " + folder.string() + ": " + error.message())) : Status();
}

/// The tar goes once its folder stands: a framework takes whatever looks newest.
Result<fs::path> unpacked(const fs::path& tar, const fs::path& folder) {
  const auto building = folder / ".unpacked";
  const auto top = checkpoints::unpack_tar(tar, building);
  if (!top) {
    (void)layout::remove_tree(building);  // else the next call does
    return top.error();
  }
  const auto from = top->empty() ? building : building / *top;
  const auto to = folder / (top->empty() ? tar.stem().string() : *top);
  if (auto removed = layout::remove_tree(to); !removed) return removed.error();
  if (std::rename(from.c_str(), to.c_str()) != 0) return system_error("cannot rename to", to);
  if (auto cleared = remove_all_but(folder, to.filename().string()); !cleared) return cleared.error();
  return to;
}

}  // namespace

Result<fs::path> take_checkpoint(storage::StorageClient& store, const contract::StoredCheckpoint& checkpoint,
                                 const fs::path& folder) {
  const auto name = file_name_of(checkpoint.path);
  if (auto made = layout::make_real_folder(folder); !made) return made.error();
  if (auto cleared = remove_all_but(folder, name); !cleared) return cleared.error();
  auto file = fetch_file(store, checkpoint.path, folder, name, {checkpoint.sha256, checkpoint.bytes});
  if (!file || !name.ends_with(".tar") || !checkpoints::is_tar(*file)) return file;
  return unpacked(*file, folder);
}

}  // namespace visionops::prepare
