#include "worker/pipeline/plan/loss_check.h"

#include <utility>

namespace visionops::pipeline {

LossCheck check_loss(const contract::PipelineRun& run, const annotations::LossReport& before,
                     const annotations::Annotations& result, const annotations::FormatWriter& writer) {
  auto report = before;
  report.add(writer.loss(result, run.tasks));
  return check_loss(run, std::move(report));
}

LossCheck check_loss(const contract::PipelineRun& run, annotations::LossReport report) {
  LossCheck check{std::move(report), {}};
  check.refused = annotations::not_allowed(check.report, run.allow_loss);
  return check;
}

annotations::LossReport loss_of_images(const contract::PipelineRun& run, const std::vector<LeftOut>& images) {
  annotations::LossReport loss;
  for (const auto& left : images) {
    const auto& source = run.sources[left.source].dataset;
    const std::string where =
        run.sources.size() == 1 ? left.path : (source.name.empty() ? source.path : source.name) + "/" + left.path;
    loss.add({LossKind::Images, 1, {left.kind + " " + where + ": " + left.message}});
    if (left.objects == 0) continue;
    loss.add(
        {LossKind::Objects, left.objects, {std::to_string(left.objects) + " of " + where + ", which is left out"}});
  }
  return loss;
}

std::string refusal(const LossCheck& check) {
  if (check.refused.empty()) return {};
  std::string text = "reading and converting would lose ";
  std::string kinds;
  for (std::size_t i = 0; i < check.refused.size(); ++i) {
    const auto& entry = check.refused[i];
    const std::string kind(enum_name(entry.kind));
    text += (i == 0 ? "" : "; ") + kind + ": " + std::to_string(entry.count);
    if (!entry.examples.empty()) text += " (" + entry.examples.front() + ")";
    kinds += (kinds.empty() ? "" : ", ") + kind;
  }
  return text + "; name it in allowLoss: [" + kinds + "] if that is intended";
}

}  // namespace visionops::pipeline
