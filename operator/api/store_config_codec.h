// A store as a mapping, or as a string that is its name. For .cpp files.
#pragma once

#include "base/field_table.h"
#include "operator/api/patterns.h"
#include "operator/api/store_config.h"

namespace visionops {

template <>
struct Codec<api::StoreConfig> {
  using T = api::StoreConfig;
  static void decode(const Json& json, T& out, const std::string& path, Problems& problems) {
    if (json.is_string()) {
      T::fields().decode(Json{{"name", json}}, out, path, problems);
    } else {
      T::fields().decode(json, out, path, problems);
    }
  }
  static Json encode(const T& value) { return T::fields().encode(value); }
  static bool absent(const T& value, const T& def) { return encode(value) == encode(def); }
  static Json schema() { return T::fields().schema(); }
};

}  // namespace visionops
