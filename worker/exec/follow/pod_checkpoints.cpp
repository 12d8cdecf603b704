#include "worker/exec/follow/pod_checkpoints.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/digest.h"
#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/posix/small_files.h"
#include "worker/contract/checkpoint_name.h"
#include "worker/contract/pod_folders.h"
#include "worker/storage/beneath/new_file.h"

namespace visionops::exec {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostAnswerBytes = 64 * 1024;
constexpr std::size_t kDigestedAtOnce = std::size_t{1} << 20;

}  // namespace

Result<PodCheckpoints> PodCheckpoints::open(const fs::path& pod_dir, const fs::path& answers_dir) {
  const auto path = pod_dir / "checkpoints";
  if (auto made = make_folders(path); !made) return made.error();
  auto folder = open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!folder) return folder.error();
  (void)storage::remove_temporaries(folder->get());
  return PodCheckpoints(*std::move(folder), path, answers_dir);
}

bool PodCheckpoints::has_sidecar() const {
  std::error_code ignored;
  return !answers_.empty() && fs::exists(answers_ / contract::kSidecarReadyFile, ignored);
}

bool PodCheckpoints::answered(const std::string& name) const {
  std::error_code ignored;
  return acknowledged(name) || fs::exists(answers_ / "skipped" / name, ignored);
}

std::optional<contract::StoredCheckpoint> PodCheckpoints::acknowledged(const std::string& name) const {
  if (answers_.empty()) return std::nullopt;
  const auto text = read_untrusted_head(answers_ / "stored" / (name + ".json"), kMostAnswerBytes);
  if (text.empty()) return std::nullopt;
  const auto json = parse_json(text);
  if (!json) return std::nullopt;
  Problems problems;
  auto stored = decode_fields<contract::StoredCheckpoint>(*json, "", problems);
  return problems.empty() ? std::optional(std::move(stored)) : std::nullopt;
}

Result<contract::StoredCheckpoint> PodCheckpoints::measure(const std::string& name, std::int32_t epoch) const {
  const FileDescriptor file(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return system_error("cannot open", path_ / name);
  Sha256 digest;
  contract::StoredCheckpoint out{(path_ / name).string(), "", 0, epoch};
  std::string buffer(kDigestedAtOnce, '\0');
  for (ssize_t n = 0; (n = ::read(file.get(), buffer.data(), buffer.size())) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read", path_ / name);
    digest.update(buffer.data(), static_cast<std::size_t>(n));
    out.bytes += n;
  }
  out.sha256 = digest.hex();
  return out;
}

void PodCheckpoints::sweep(const std::set<std::string>& keep) const {
  const bool waiting = has_sidecar();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    const auto name = entry.path().filename().string();
    if (!contract::parse_checkpoint_name(name) || keep.contains(name) || (waiting && !answered(name))) continue;
    (void)::unlinkat(folder_.get(), name.c_str(), 0);  // what stays goes with the Pod
  }
}

}  // namespace visionops::exec
