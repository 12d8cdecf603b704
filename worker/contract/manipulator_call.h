// One step of a chain as users write it: a mapping with a single key,
//   - filter_keep_by_class: {classes: [car, bus]}
#pragma once

#include <string>
#include <vector>

#include "base/fields.h"
#include "base/json_fwd.h"

namespace visionops::contract {

struct ManipulatorCall {
  std::string name;
  FreeMap params;
  bool operator==(const ManipulatorCall&) const = default;
};

enum class ManipulatorCategory { Filter, Augment, FormatConvert, Merge, Sample, Remap };
enum class ManipulatorScope { PerSource, PostMerge };
enum class ManipulatorStatus { Active, Experimental, Deprecated };

/// What the operator, the CRDs, the docs and the table `manipulators` need to know of one
/// manipulator; derived from the manipulator's own file.
struct ManipulatorInfo {
  std::string name;
  std::string doc;
  ManipulatorCategory category = ManipulatorCategory::Filter;
  std::vector<ManipulatorScope> scopes;
  std::vector<std::string> tasks;    ///< compatible tasks, words of base/vocabulary.h; empty: all
  std::vector<std::string> formats;  ///< compatible formats; empty: all
  std::string output_format;         ///< format_convert_* only
  ManipulatorStatus status = ManipulatorStatus::Active;
  std::string version;        ///< of the manipulator's meaning, "1.0.0"
  std::string params_schema;  ///< OpenAPI v3 object schema as JSON text
  std::string example;        ///< params as JSON text
};

/// All manipulators sorted by name. Thread-safe, lives for the whole process.
const std::vector<ManipulatorInfo>& manipulator_catalog();
/// Unknown name, wrong scope, unknown or mistyped parameters; `path` leads to the call.
void validate_call(const ManipulatorCall& call, ManipulatorScope scope, const std::string& path, Problems& problems);

}  // namespace visionops::contract

namespace visionops {
template <>
struct EnumNames<contract::ManipulatorCategory> {
  using E = contract::ManipulatorCategory;
  static constexpr std::array<std::pair<E, std::string_view>, 6> values{{{E::Filter, "FILTER"},
                                                                         {E::Augment, "AUGMENT"},
                                                                         {E::FormatConvert, "FORMAT_CONVERT"},
                                                                         {E::Merge, "MERGE"},
                                                                         {E::Sample, "SAMPLE"},
                                                                         {E::Remap, "REMAP"}}};
};
template <>
struct EnumNames<contract::ManipulatorScope> {
  using E = contract::ManipulatorScope;
  static constexpr std::array<std::pair<E, std::string_view>, 2> values{
      {{E::PerSource, "PER_SOURCE"}, {E::PostMerge, "POST_MERGE"}}};
};
template <>
struct EnumNames<contract::ManipulatorStatus> {
  using E = contract::ManipulatorStatus;
  static constexpr std::array<std::pair<E, std::string_view>, 3> values{
      {{E::Active, "ACTIVE"}, {E::Experimental, "EXPERIMENTAL"}, {E::Deprecated, "DEPRECATED"}}};
};
}  // namespace visionops
