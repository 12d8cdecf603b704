// Events and records of a pass whose status write may have taken effect although the pass failed (the
// reply was lost, or a later action failed). The next pass finds the status as wanted and would have
// nothing to tell.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/locked.h"
#include "operator/core/decision.h"

namespace visionops::runtime {

struct Report {
  cluster::Object resource;  ///< as it was meant to be stored
  std::vector<cluster::Event> events;
  std::vector<core::Record> records;
};

/// Any thread. In memory only: after a restart the records of all resources are sent anyway.
class OwedReports {
 public:
  void owe(const cluster::ObjectKey& key, Report report);
  /// The report that is due now that the cluster shows `seen`; whatever was owed is settled or void then.
  std::optional<Report> settle(const cluster::Object& seen);
  void forget(const cluster::ObjectKey& key);

 private:
  Locked<std::map<cluster::ObjectKey, Report>> owed_;
};

}  // namespace visionops::runtime
