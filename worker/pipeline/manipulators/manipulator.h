// A manipulator: what it is called, what it does to annotations, and which image operations follow.
// One file per manipulator defines `extern const Manipulator NAME = define(...)` (see define.h); the
// table is written by CMake from the folder. PURE.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fields/fields.h"
#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/contract/manipulator_call.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/collection/collection.h"

namespace visionops::pipeline {

/// What a step gets beside its input, and what it reports beside its output.
struct StepContext {
  std::uint64_t seed = 0;                     ///< of the run; choices hash it with the identity of an image
  std::vector<Task> tasks;                    ///< of the output; decide what a format keeps
  annotations::WriterOf writer_of = nullptr;  ///< the table of formats
  std::vector<std::string> notes;             ///< out: one line each, for --explain and the log
  annotations::Findings findings;             ///< out: images or objects that had to be left out
  annotations::LossReport loss;               ///< out: what a format conversion gave up; checked against allowLoss
};

/// One image with its objects, as it is before the annotation function of the step runs.
struct ImageView {
  const annotations::Annotations& annotations;
  std::size_t image;
  std::span<const std::uint32_t> objects;
};

using StepOnOne = std::function<Result<Collection>(Collection, StepContext&)>;
using StepOnAll = std::function<Result<Collection>(std::vector<Collection>, StepContext&)>;

/// A manipulator with decoded parameters.
struct BoundManipulator {
  std::variant<StepOnOne, StepOnAll> annotations;
  std::function<ImageOperations(const ImageView&)> operations;  ///< empty: touches no pixel
};

/// What a reader needs to know of a manipulator; becomes contract::ManipulatorInfo.
struct ManipulatorDoc {
  std::string name;
  std::string doc;
  contract::ManipulatorCategory category = contract::ManipulatorCategory::Filter;
  std::vector<contract::ManipulatorScope> scopes;
  std::vector<Task> tasks = {};      ///< compatible; empty: all
  std::vector<Format> formats = {};  ///< compatible; empty: all
  std::optional<Format> output_format = std::nullopt;
  contract::ManipulatorStatus status = contract::ManipulatorStatus::Active;
  std::string version = "1.0.0";  ///< of the meaning; part of the plan digest
  std::string example = "{}";     ///< params as JSON text
};

struct Manipulator {
  ManipulatorDoc about;
  /// OpenAPI v3 schema of the parameters as JSON text.
  std::string (*params_schema)() = nullptr;
  /// Decodes and checks the parameters; nullopt when a problem was added. `path` leads to the parameters.
  std::function<std::optional<BoundManipulator>(const FreeMap& params, const std::string& path, Problems& problems)>
      bind;
};

/// All manipulators sorted by name.
std::span<const Manipulator* const> manipulator_table();
/// nullptr when there is none of that name.
const Manipulator* find_manipulator(std::string_view name);

inline const std::vector<contract::ManipulatorScope> kPerSource{contract::ManipulatorScope::PerSource};
inline const std::vector<contract::ManipulatorScope> kPostMerge{contract::ManipulatorScope::PostMerge};
inline const std::vector<contract::ManipulatorScope> kBothScopes{contract::ManipulatorScope::PerSource,
                                                                 contract::ManipulatorScope::PostMerge};

}  // namespace visionops::pipeline
