// The part of decoding and encoding that all kinds share. For .cpp files of this room.
#pragma once

#include <string>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/api/object_meta.h"

namespace visionops::api {

/// apiVersion, kind and unknown keys at the top; `kind` is what is expected.
void check_envelope(const Json& json, std::string_view kind, Problems& problems);
/// metadata: other writers' keys (managedFields, ...) are ignored, wrong types and names are problems.
ObjectMeta decode_meta(const Json& json, Problems& problems);

/// Total. The spec is strict and validated; the status is what an operator wrote, maybe another
/// version of this one, so what it does not understand is dropped and never spoils the resource.
template <Resource T>
T decode_resource(const Json& json) {
  constexpr std::string_view kind = T::kKind.name;
  T out{};
  if (!json.is_object()) {
    out.problems.push_back({"", type_message(("a " + std::string(kind)).c_str(), json)});
    return out;
  }
  check_envelope(json, kind, out.problems);
  out.meta = decode_meta(json, out.problems);
  using Spec = decltype(out.spec);
  const auto spec = json.find("spec");
  if (spec == json.end() || spec->is_null()) {
    out.problems.push_back({"spec", "is required"});
  } else {
    Problems found;
    out.spec = decode_fields<Spec>(*spec, "spec", found);
    Problems broken_rules;
    validate(out.spec, broken_rules);
    for (const auto& finding : broken_rules) add_unless_covered(finding, found);
    out.problems.insert(out.problems.end(), found.begin(), found.end());
  }
  if (const auto status = json.find("status"); status != json.end()) {
    out.status = decode_tolerant<decltype(out.status)>(*status);
  }
  return out;
}

template <Resource T>
Json encode_resource(const T& resource) {
  Json out{{"apiVersion", kApiVersion},
           {"kind", T::kKind.name},
           {"metadata", encode_fields(resource.meta)},
           {"spec", encode_fields(resource.spec)}};
  if (Json status = encode_fields(resource.status); !status.empty()) out["status"] = std::move(status);
  return out;
}

}  // namespace visionops::api
