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
constexpr auto names_of(ManipulatorCategory) {
  using enum ManipulatorCategory;
  return std::to_array<Named<ManipulatorCategory>>({{Filter, "FILTER"},
                                                    {Augment, "AUGMENT"},
                                                    {FormatConvert, "FORMAT_CONVERT"},
                                                    {Merge, "MERGE"},
                                                    {Sample, "SAMPLE"},
                                                    {Remap, "REMAP"}});
}

enum class ManipulatorScope { PerSource, PostMerge };
constexpr auto names_of(ManipulatorScope) {
  using enum ManipulatorScope;
  return std::to_array<Named<ManipulatorScope>>({{PerSource, "PER_SOURCE"}, {PostMerge, "POST_MERGE"}});
}

enum class ManipulatorStatus { Active, Experimental, Deprecated };
constexpr auto names_of(ManipulatorStatus) {
  using enum ManipulatorStatus;
  return std::to_array<Named<ManipulatorStatus>>(
      {{Active, "ACTIVE"}, {Experimental, "EXPERIMENTAL"}, {Deprecated, "DEPRECATED"}});
}

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
