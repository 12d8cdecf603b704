#include "operator/runtime/watch/watch_position.h"

#include <utility>

namespace visionops::runtime {
namespace {

/// Errors after which the same position may simply be watched again.
bool keeps_position(ErrorClass cls) { return cls == ErrorClass::Retry || cls == ErrorClass::Cancelled; }

}  // namespace

void WatchPosition::listed(std::string resource_version) {
  phase_ = Phase::Listed;
  version_ = std::move(resource_version);
}

void WatchPosition::list_failed() {
  phase_ = Phase::Empty;
  ++failures_;
}

void WatchPosition::opened() { phase_ = Phase::Watching; }

void WatchPosition::advanced(const std::string& resource_version) {
  if (!resource_version.empty()) version_ = resource_version;
}

void WatchPosition::ended(const Status& how, bool healthy) {
  if (healthy) failures_ = 0;
  const bool gone = !how && how.error().cls == ErrorClass::Gone;
  // A healthy stream that ends, or whose position was compacted meanwhile, is normal life.
  if (!healthy || (!how && !gone)) ++failures_;
  if (how || keeps_position(how.error().cls)) {
    phase_ = Phase::Listed;
  } else {
    phase_ = Phase::Empty;
    version_.clear();
  }
}

}  // namespace visionops::runtime
