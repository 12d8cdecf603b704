#include "worker/sidecar/kept_log.h"

#include "worker/contract/checkpoint_name.h"

namespace visionops::sidecar {
namespace {

constexpr const char* kLogFile = "job.log";

Status keep_half(storage::StorageClient& pod, storage::StorageClient& store, const std::string& source,
                 const std::string& target) {
  const auto copied = store.copy_from(pod, source, target, ImageMode::Copy, storage::IfExists::Replace);
  return copied || copied.error().cls == ErrorClass::NotFound ? Status() : Status(copied.error());
}

}  // namespace

std::string log_name(std::int32_t attempt) { return contract::attempt_log_name(attempt); }

Status keep_log(storage::StorageClient& pod, storage::StorageClient& store, const std::string& folder,
                std::int32_t attempt) {
  if (const auto there = pod.stat(kLogFile); !there) {
    return there.error().cls == ErrorClass::NotFound ? Status() : Status(there.error());
  }
  const std::string target = folder + "/" + log_name(attempt);
  if (auto older = keep_half(pod, store, std::string(kLogFile) + contract::kOlderHalf, target + contract::kOlderHalf);
      !older)
    return older;
  return keep_half(pod, store, kLogFile, target);
}

}  // namespace visionops::sidecar
