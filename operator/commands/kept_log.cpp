#include "operator/commands/kept_log.h"

#include "operator/assembly/store_places.h"
#include "worker/contract/checkpoint_name.h"

namespace visionops::commands {

namespace fs = std::filesystem;

std::optional<fs::path> kept_log(const fs::path& data, const api::TrainingJob& job, std::int32_t back) {
  const auto& status = job.status;
  if (!status.resolved || status.resolved->checkpoint_path.empty() || status.attempt <= back) return std::nullopt;
  const fs::path folder = place_in_store(data, job.spec.checkpoints.store, status.resolved->checkpoint_path);
  auto file = folder / contract::attempt_log_name(status.attempt - back);
  std::error_code none;
  return fs::is_regular_file(fs::symlink_status(file, none)) ? std::optional(std::move(file)) : std::nullopt;
}

}  // namespace visionops::commands
