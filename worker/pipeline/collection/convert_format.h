// What the manipulators of the category format_convert do to a source. PURE.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/collection/collection.h"

namespace visionops::pipeline {

/// Invalid, with both formats, when the annotations come from another one.
Status expect_source(const Collection& c, Format format);

/// What the findings and losses of a conversion are added to.
struct ConversionReport {
  annotations::Findings& findings;
  annotations::LossReport& loss;
};

/// Makes of `c` what a reader of the files of `writer` would see (FormatWriter::adopt). Images without a size, where
/// the format needs one, are left out with a finding. Internal when the writer adopts nothing.
Status adopt_format(Collection& c, const annotations::FormatWriter* writer, const std::vector<Task>& tasks,
                    ConversionReport report);

}  // namespace visionops::pipeline
