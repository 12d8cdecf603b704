#include "worker/train/engine/checkpoints/checkpoint_folder.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/digest.h"
#include "base/fields/field_table.h"
#include "base/json.h"
#include "worker/contract/pod_folders.h"

namespace visionops::train {
namespace {

/// The epoch of "epoch-0007.SUFFIX".
std::optional<std::int32_t> epoch_of(std::string_view name, std::string_view suffix) {
  constexpr std::string_view prefix = "epoch-";
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  std::int32_t epoch = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), epoch);
  if (error != std::errc{} || end != name.data() + name.size() || epoch < 0) return std::nullopt;
  return epoch;
}

}  // namespace

std::string checkpoint_name(std::int32_t epoch) {
  char name[32];
  std::snprintf(name, sizeof name, "epoch-%04d.pt", epoch);
  return name;
}

Result<std::string> read_stored(storage::StorageClient& store, const contract::StoredCheckpoint& checkpoint) {
  auto bytes = store.read(checkpoint.path, kMaxCheckpointBytes);
  if (!bytes) return bytes.error();
  if (std::ssize(*bytes) != checkpoint.bytes || sha256_hex(*bytes) != checkpoint.sha256) {
    return invalid_error(checkpoint.path + " is not the file that its manifest describes");
  }
  return bytes;
}

Result<PodCheckpoints> PodCheckpoints::open(const std::filesystem::path& pod_dir,
                                            const std::filesystem::path& answers_dir) {
  std::error_code error;
  const auto folder = pod_dir / "checkpoints";
  std::filesystem::create_directories(folder, error);
  if (error) return retry_error("cannot make " + folder.string() + ": " + error.message());
  auto files = storage::open_local_store(folder.string());
  if (!files) return files.error();
  return PodCheckpoints(pod_dir, answers_dir, *std::move(files));
}

Status PodCheckpoints::write(const std::string& name, std::string_view bytes) {
  const auto written = files_->write(name, bytes, storage::IfExists::Replace);
  return written ? Status{} : Status{written.error()};
}

Result<std::string> PodCheckpoints::read(const std::string& name) { return files_->read(name, kMaxCheckpointBytes); }

std::vector<std::int32_t> PodCheckpoints::epochs() const {
  std::vector<std::int32_t> epochs;
  const auto files = files_->list("", /*recursive=*/false);
  if (!files) return epochs;
  for (const auto& file : *files) {
    if (const auto epoch = epoch_of(file.path, ".pt")) epochs.push_back(*epoch);
  }
  std::ranges::sort(epochs, std::ranges::greater{});
  return epochs;
}

void PodCheckpoints::sweep(const std::set<std::string>& keep) {
  const bool waiting = has_sidecar();
  for (const auto epoch : epochs()) {
    const auto name = checkpoint_name(epoch);
    if (keep.contains(name) || (waiting && !answered(name))) continue;
    (void)files_->remove(name);  // what stays is removed with the Pod
  }
}

bool PodCheckpoints::has_sidecar() const {
  std::error_code ignored;
  return !answers_dir_.empty() && std::filesystem::exists(answers_dir_ / contract::kSidecarReadyFile, ignored);
}

bool PodCheckpoints::answered(const std::string& name) const {
  std::error_code ignored;
  return acknowledged(name) || std::filesystem::exists(answers_dir_ / "skipped" / name, ignored);
}

std::optional<contract::StoredCheckpoint> PodCheckpoints::acknowledged(const std::string& name) const {
  std::ifstream file(answers_dir_ / "stored" / (name + ".json"), std::ios::binary);
  if (!file) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  Problems problems;
  auto stored = decode_fields<contract::StoredCheckpoint>(json, "", problems);
  return problems.empty() ? std::optional(std::move(stored)) : std::nullopt;
}

}  // namespace visionops::train
