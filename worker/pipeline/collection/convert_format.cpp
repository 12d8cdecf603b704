#include "worker/pipeline/collection/convert_format.h"

namespace visionops::pipeline {

Status expect_source(const Collection& c, Format format) {
  const Format found = c.annotations.source_format;
  if (found == format) return {};
  return invalid_error("the source is a " + std::string(found.name()) + " dataset, expected " +
                       std::string(format.name()));
}

Status adopt_format(Collection& c, const annotations::FormatWriter* writer, const std::vector<Task>& tasks,
                    ConversionReport report) {
  if (writer == nullptr || writer->adopt == nullptr) return internal_error("the format adopts no annotations");
  if (*writer->needs_size) drop_images_without_size(c, report.findings);
  report.loss.add(writer->adopt(c.annotations, tasks, report.findings));
  return {};
}

}  // namespace visionops::pipeline
