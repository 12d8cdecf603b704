#include "worker/pipeline/plan/loss_check.h"

#include "worker/pipeline/plan/chain.h"

namespace visionops::pipeline {

LossCheck check_loss(const contract::PipelineRun& run, const annotations::LossReport& in_chain,
                     const annotations::Annotations& result) {
  LossCheck check;
  check.report = in_chain;
  add_loss(check.report, annotations::loss_of_conversion(result, run.output.format, run.tasks));
  check.refused = annotations::not_allowed(check.report, run.allow_loss);
  return check;
}

std::string refusal(const LossCheck& check) {
  if (check.refused.empty()) return {};
  std::string text = "the conversion would lose ";
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
