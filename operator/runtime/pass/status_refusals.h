// Statuses that the API server does not take (422). It judges the whole resource with them: one that was
// stored before today's rules may break a rule that looks at all of it, whatever the status says. Trying
// again changes nothing until the resource, or its definition, has changed.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/locked.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

/// After this time the definition of the kind may have changed.
inline constexpr Duration kRefusalPause = std::chrono::minutes(5);

/// Any thread. In memory only: after a restart each refusal is met, and told, once more.
class StatusRefusals {
 public:
  /// How long no status shall be written; nothing when none of this version was refused lately.
  [[nodiscard]] std::optional<Duration> wait(const cluster::Object& resource, TimePoint now) const;
  /// False when the same version was refused before.
  bool refused(const cluster::Object& resource, TimePoint now);
  void forget(const cluster::ObjectKey& key);

 private:
  struct Refusal {
    std::string uid;
    std::string resource_version;
    TimePoint at{};
  };
  Locked<std::map<cluster::ObjectKey, Refusal>> refusals_;
};

}  // namespace visionops::runtime
