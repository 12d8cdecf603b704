#include "worker/contract/manipulator_call.h"

#include "worker/contract/manipulator_call_codec.h"

namespace visionops {

using contract::ManipulatorCall;

void Codec<ManipulatorCall>::decode(const Json& j, ManipulatorCall& out, const std::string& p, Problems& problems) {
  if (j.is_string()) {
    const std::string name = j.get<std::string>();
    problems.push_back({p, "expected a mapping, got " + quoted(name) + " (write " + quoted(name + ": {}") + ")"});
    return;
  }
  if (!j.is_object()) {
    problems.push_back({p, type_message("a mapping with the name of a manipulator", j)});
    return;
  }
  if (j.size() != 1) {
    problems.push_back({p, "needs exactly one key, the name of the manipulator; found " + std::to_string(j.size()) +
                               " (every manipulator is a list item of its own)"});
    return;
  }
  out.name = j.begin().key();
  const std::string path = join_path(p, out.name);
  if (j.begin()->is_null()) {
    problems.push_back({path, "has no value (write " + quoted(out.name + ": {}") + " for no parameters)"});
    return;
  }
  Codec<FreeMap>::decode(*j.begin(), out.params, path, problems);
}

Json Codec<ManipulatorCall>::encode(const ManipulatorCall& call) {
  Json out = Json::object();
  out[call.name] = Codec<FreeMap>::encode(call.params);
  return out;
}

Json Codec<ManipulatorCall>::schema() {
  return {{"type", "object"},
          {"minProperties", 1},
          {"maxProperties", 1},
          {"additionalProperties", {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}}};
}

}  // namespace visionops
