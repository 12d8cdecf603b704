#include "worker/contract/manipulator_call.h"

#include "base/fields/field_doc.h"
#include "base/fields/value_types.h"
#include "base/json.h"

namespace visionops {

namespace {

using contract::ManipulatorCall;

/// A mapping with a single key, the manipulator's name.
class CallType final : public Assignable<ManipulatorCall, ValueType> {
 public:
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    if (!check_shape(j, p, problems)) return;
    auto& call = *static_cast<ManipulatorCall*>(out);
    call.name = j.begin().key();
    const std::string path = join_path(p, call.name);
    if (j.begin()->is_null()) {
      problems.push_back({path, "has no value (write " + quoted(call.name + ": {}") + " for no parameters)"});
      return;
    }
    free_map_type().decode(*j.begin(), &call.params, path, problems);
  }

  Json encode(const void* value) const override {
    const auto& call = *static_cast<const ManipulatorCall*>(value);
    Json out = Json::object();
    out[call.name] = free_map_type().encode(&call.params);
    return out;
  }

  bool absent(const void* value, const void* def) const override {
    return *static_cast<const ManipulatorCall*>(value) == *static_cast<const ManipulatorCall*>(def);
  }

  Json schema() const override {
    return {{"type", "object"},
            {"minProperties", 1},
            {"maxProperties", 1},
            {"additionalProperties", free_map_type().schema()}};
  }

 private:
  static bool check_shape(const Json& j, const std::string& p, Problems& problems) {
    const auto before = problems.size();
    if (j.is_string()) {
      const std::string name = j.get<std::string>();
      problems.push_back({p, "expected a mapping, got " + quoted(name) + " (write " + quoted(name + ": {}") + ")"});
    } else if (!j.is_object()) {
      problems.push_back({p, type_message("a mapping with the name of a manipulator", j)});
    } else if (j.size() != 1) {
      problems.push_back({p, "needs exactly one key, the name of the manipulator; found " + std::to_string(j.size()) +
                                 " (every manipulator is a list item of its own)"});
    }
    return problems.size() == before;
  }
};

}  // namespace

const ValueType& TypeOf<ManipulatorCall>::get() { return type_object<CallType>; }

}  // namespace visionops
