#include "operator/cluster/workload_codec.h"

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/cluster/json_reading.h"

namespace visionops::cluster {

using namespace reading;

Json encode_workload(const Workload& workload) {
  Json out{{"spec", {{"active", workload.active}}}};
  for (const auto& condition : workload.conditions) out["status"]["conditions"].push_back(encode_fields(condition));
  return out;
}

Workload decode_workload(const Json& json, api::ObjectMeta meta) {
  Workload out;
  out.meta = std::move(meta);
  const Json& active = at(at(json, "spec"), "active");
  out.active = !active.is_boolean() || active.get<bool>();
  for (const auto& condition : list(at(json, "status"), "conditions")) {
    out.conditions.push_back(decode_tolerant<api::Condition>(condition));
  }
  return out;
}

}  // namespace visionops::cluster
