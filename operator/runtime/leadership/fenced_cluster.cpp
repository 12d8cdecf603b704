#include "operator/runtime/leadership/fenced_cluster.h"

namespace visionops::runtime {

namespace {

Error not_leading() { return {ErrorClass::Retry, "not the leader: nothing is written"}; }

}  // namespace

Result<cluster::Object> FencedCluster::create(const cluster::Object& object) {
  return may_write_() ? inner_.create(object) : Result<cluster::Object>(not_leading());
}

Result<cluster::Object> FencedCluster::update(const cluster::Object& object) {
  return may_write_() ? inner_.update(object) : Result<cluster::Object>(not_leading());
}

Result<cluster::Object> FencedCluster::update_status(const cluster::Object& object) {
  return may_write_() ? inner_.update_status(object) : Result<cluster::Object>(not_leading());
}

Status FencedCluster::remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) {
  return may_write_() ? inner_.remove(key, preconditions) : Status(not_leading());
}

void FencedCluster::emit(const cluster::Object& about, const cluster::Event& event) {
  if (may_write_()) inner_.emit(about, event);
}

}  // namespace visionops::runtime
