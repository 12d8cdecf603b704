// The UPPER_CASE words of the platform's documents for our CamelCase enumerators, and small JSON
// conversions shared by the row builders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"

namespace visionops::record {

std::string word(DatasetType type);
std::string word(Split split);
std::string word(Format format);  ///< COCO, VISDRONE, ...
std::string word(Task task);      ///< ATTR_CLASSIFICATION, ...
std::string word(Modality modality);
/// Of a run: visionops.run_status.
std::string word(api::Phase phase);
/// Of a Dataset: visionops.dataset_status.
std::string dataset_word(api::Phase phase);
/// The word for a phase as it stands in status.runs[]; runs that ended otherwise are CANCELLED.
std::string run_word(std::string_view phase);
Json words(const std::vector<Task>& tasks);

/// "ImageWriting" -> "image_writing", as the documents write stages; "None" and "" give null.
Json stage_word(std::string_view stage);

/// Milliseconds in UTC; null for a time that was never set.
Json time_json(TimePoint t);
Json time_json(const std::optional<TimePoint>& t);
/// null for an empty text.
Json text_json(const std::string& text);

/// status.runs[] as rows of a run history.
Json runs_json(const std::vector<api::RunRecord>& runs);

/// What a run was configured with: {spec, resolved} of an encoded resource; without spec when it is not the run's.
Json config_json(const Json& object, bool own_spec);

}  // namespace visionops::record
