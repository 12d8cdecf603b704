// How a manipulator call travels: a mapping with a single key, the manipulator's name. For .cpp files.
#pragma once

#include "base/field_table.h"
#include "worker/contract/manipulator_call.h"

namespace visionops {

/// Whether the name exists and fits its place is checked by contract::validate_call.
template <>
struct Codec<contract::ManipulatorCall> {
  static void decode(const Json& j, contract::ManipulatorCall& out, const std::string& p, Problems& problems);
  static Json encode(const contract::ManipulatorCall& call);
  static bool absent(const contract::ManipulatorCall& call, const contract::ManipulatorCall& def) {
    return call == def;
  }
  /// Any single key; operator/api knows the catalog and narrows it down.
  static Json schema();
};

}  // namespace visionops
