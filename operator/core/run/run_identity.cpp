#include "operator/core/run/run_identity.h"

#include "worker/contract/run_identity.h"

namespace visionops::core {

namespace {

contract::RunInput input_of(std::string role, const api::PinnedDataset& pinned) {
  return {std::move(role), pinned.store + ":" + pinned.path, pinned.digest};
}

}  // namespace

std::string run_identity(const api::ObjectMeta& owner, const api::RunStatus& status) {
  return contract::digest_of(contract::RunIdentity{owner.uid, status.run, status.spec_hash, {}});
}

std::string run_identity(const api::ObjectMeta& owner, const api::PipelineStatus& status) {
  if (!status.resolved || status.resolved->sources.empty()) return {};
  contract::RunIdentity identity{owner.uid, status.run, status.spec_hash, {}};
  for (const auto& source : status.resolved->sources) {
    identity.inputs.push_back(input_of("source " + std::to_string(identity.inputs.size()), source));
  }
  return contract::digest_of(identity);
}

std::string run_identity(const api::ObjectMeta& /*owner*/, const api::TrainingJobStatus& status) {
  return status.resolved ? status.resolved->identity : std::string();
}

std::string run_identity_of(const api::ObjectMeta& owner, std::int64_t run, const std::string& spec_hash,
                            const api::ResolvedTraining& inputs) {
  contract::RunIdentity identity{owner.uid, run, spec_hash, {}};
  if (inputs.train) identity.inputs.push_back(input_of("train", *inputs.train));
  if (inputs.val) identity.inputs.push_back(input_of("val", *inputs.val));
  if (inputs.test) identity.inputs.push_back(input_of("test", *inputs.test));
  if (!inputs.resume_path.empty()) identity.inputs.push_back({"resumeFrom", inputs.resume_path, ""});
  if (!inputs.resume_digest.empty()) identity.inputs.push_back({"resumeFrom", "", inputs.resume_digest});
  return contract::digest_of(identity);
}

}  // namespace visionops::core
