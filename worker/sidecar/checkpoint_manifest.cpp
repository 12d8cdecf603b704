#include "worker/sidecar/checkpoint_manifest.h"

#include <charconv>
#include <string_view>

#include "base/field_table.h"

namespace visionops::sidecar {

const Table<CheckpointManifest>& CheckpointManifest::fields() {
  static const Table<CheckpointManifest> table{
      field("ownerUid", &CheckpointManifest::owner_uid, "TrainingJob that made it.").required(),
      field("run", &CheckpointManifest::run, "Run of the TrainingJob.").required(),
      field("identity", &CheckpointManifest::identity, "Digest of uid, run, spec and pinned inputs.").max_length(64),
      field("epoch", &CheckpointManifest::epoch, "Epoch after which it was written.").required().min(0),
      field("file", &CheckpointManifest::file, "Name of the checkpoint beside this file.").required().max_length(255),
      field("bytes", &CheckpointManifest::bytes, "Size.").required().min(0),
      field("sha256", &CheckpointManifest::sha256, "Digest as read back from the store.").required().max_length(64),
      field("metrics", &CheckpointManifest::metrics, "Metrics of that epoch."),
      field("best", &CheckpointManifest::best, "Whether it is the best of its run so far.").always(),
      field("final", &CheckpointManifest::final, "Whether it is the last of its run.").always(),
  };
  return table;
}

std::string checkpoint_stem(std::int32_t epoch) {
  constexpr std::size_t kDigits = 4;
  std::string digits = std::to_string(epoch);
  if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
  return "epoch-" + digits;
}

std::optional<std::int32_t> epoch_of(const std::string& path, const std::string& ending) {
  constexpr std::string_view kPrefix = "epoch-";
  std::string_view name(path);
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  if (!name.starts_with(kPrefix) || !name.ends_with(ending)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(ending.size());
  std::int32_t epoch = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), epoch);
  if (error != std::errc{} || end != name.data() + name.size() || epoch < 0) return std::nullopt;
  return epoch;
}

std::string encode(const CheckpointManifest& manifest) { return dump_json(encode_fields(manifest)) + "\n"; }

std::optional<CheckpointManifest> decode_manifest(const std::string& text) {
  const auto json = parse_json(text);
  if (!json) return std::nullopt;
  Problems problems;
  auto manifest = decode_fields<CheckpointManifest>(*json, "", problems);
  if (!problems.empty()) return std::nullopt;
  return manifest;
}

}  // namespace visionops::sidecar
