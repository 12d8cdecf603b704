#include "operator/cluster/lease_codec.h"

#include "operator/cluster/json_reading.h"

namespace visionops::cluster {

using namespace reading;

namespace {

/// The API server refuses a MicroTime with fewer than six digits.
std::string micro_time(TimePoint t) {
  std::string out = format_time_millis(t);
  out.insert(out.size() - 1, "000");
  return out;
}

}  // namespace

Json encode_lease(const Lease& lease) {
  Json spec{{"leaseDurationSeconds", lease.duration_seconds}, {"leaseTransitions", lease.transitions}};
  put(spec, "holderIdentity", lease.holder);
  if (lease.acquire_time) spec["acquireTime"] = micro_time(*lease.acquire_time);
  if (lease.renew_time) spec["renewTime"] = micro_time(*lease.renew_time);
  return {{"spec", std::move(spec)}};
}

Lease decode_lease(const Json& json, api::ObjectMeta meta) {
  Lease out;
  out.meta = std::move(meta);
  const Json& spec = at(json, "spec");
  out.holder = text(spec, "holderIdentity");
  out.duration_seconds = integer<std::int32_t>(spec, "leaseDurationSeconds").value_or(out.duration_seconds);
  out.acquire_time = time(spec, "acquireTime");
  out.renew_time = time(spec, "renewTime");
  out.transitions = integer<std::int32_t>(spec, "leaseTransitions").value_or(0);
  return out;
}

}  // namespace visionops::cluster
