// What the cluster refused to create for a resource. No status and no event shows it, only the reply to the request.
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "base/locked.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

/// Any thread. In memory only: after a restart the next try is refused, and told, once more.
class RefusedCreates {
 public:
  void refused(const cluster::ObjectKey& owner, const std::string& uid, const Error& error, TimePoint now);
  /// What was asked for is there.
  void made(const cluster::ObjectKey& owner) { forget(owner); }
  /// The words of the cluster, of `owner` with this uid; empty: nothing is refused, or it may have been a hiccup.
  [[nodiscard]] std::string told(const cluster::ObjectKey& owner, const std::string& uid) const;
  /// Whether the last refusal said that the namespace of `owner` is being deleted.
  [[nodiscard]] bool namespace_ends(const cluster::ObjectKey& owner, const std::string& uid) const;
  /// `owner` is gone.
  void forget(const cluster::ObjectKey& owner);

 private:
  struct Refusal {
    std::string uid;
    std::string words;
    TimePoint at{};  ///< when the words were taken
    int times = 0;   ///< in a row
    bool certain = false;
    bool namespace_ends = false;
  };
  Locked<std::map<cluster::ObjectKey, Refusal>> refusals_;
};

}  // namespace visionops::runtime
