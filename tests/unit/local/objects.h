// Objects for the tests of the embedded cluster, and a clock that tests move.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::test {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return TimePoint{Duration{millis_.load()}}; }
  void advance(Duration d) { millis_ += d.count(); }

 private:
  std::atomic<std::int64_t> millis_{1'800'000'000'000};
};

inline api::Dataset dataset(const std::string& name) {
  api::Dataset out;
  out.meta.name = name;
  out.meta.namespace_ = "default";
  out.spec.group = "street";
  out.spec.type = DatasetType::Raw;
  out.spec.split = Split::Train;
  out.spec.version = "v1.0.0";
  out.spec.format = Format("COCO");
  out.spec.tasks = {Task::Detection};
  out.spec.store = "datasets";
  return out;
}

inline cluster::Container shell(const std::string& name, const std::string& script, bool sidecar = false) {
  cluster::Container out;
  out.name = name;
  out.image = "none";
  out.command = {"sh", "-c", script};
  out.sidecar = sidecar;
  return out;
}

inline cluster::Job job(const std::string& name, std::vector<cluster::Container> containers) {
  cluster::Job out;
  out.meta.name = name;
  out.meta.namespace_ = "default";
  out.spec.pod.containers = std::move(containers);
  return out;
}

inline cluster::Job shell_job(const std::string& name, const std::string& script) {
  return job(name, {shell("worker", script)});
}

inline cluster::ObjectKey key(cluster::Kind kind, const std::string& name) { return {kind, "default", name}; }

}  // namespace visionops::test
