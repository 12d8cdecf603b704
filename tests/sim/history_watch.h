// Sees every change of the store, in order, whatever the operator sees; counts and checks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "operator/local/api_server/object_store.h"

namespace visionops::sim {

/// What must hold at every moment, however the faults fall (reference: Sieve's oracles and more).
class HistoryWatch {
 public:
  explicit HistoryWatch(const local::ObjectStore& store) : store_(store) {}

  /// Reads what is new. Call after each step of anything.
  void look();
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  /// "2 created, 1 deleted" by "Kind namespace/name".
  [[nodiscard]] std::map<std::string, std::string> counts() const;

 private:
  struct Counts {
    int created = 0;
    int deleted = 0;
  };
  struct Seen {
    std::int64_t run = 0;
    std::int32_t attempt = 0;
  };
  void take(const cluster::Change& change);
  void check_resource(const cluster::Object& object);
  void check_new_job(const cluster::Job& job);
  void check_active_jobs();
  void violated(const std::string& what) { violations_.push_back(what); }

  const local::ObjectStore& store_;
  std::uint64_t version_ = 0;
  std::map<std::string, Counts> counts_;
  std::map<std::string, Seen> newest_;  ///< by uid
  std::map<std::string, int> jobs_;     ///< created, by uid/run/attempt
  std::vector<std::string> violations_;
};

}  // namespace visionops::sim
