#include "worker/pipeline/plan/explain.h"

#include <algorithm>

namespace visionops::pipeline {
namespace {

std::string plural(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string change(const char* what, std::size_t before, std::size_t after) {
  std::string text = std::string(what) + " " + std::to_string(before);
  if (after != before) text += " -> " + std::to_string(after);
  return text;
}

std::string name_of(const contract::DatasetLocation& dataset) {
  return dataset.name.empty() ? dataset.store + ":" + dataset.path : dataset.name;
}

void put_steps(std::string& out, const std::vector<StepLog>& log) {
  if (log.empty()) return;
  out += "steps\n";
  for (const auto& step : log) {
    out += "  " + step.where + " " + step.manipulator;
    if (!step.params.empty() && step.params != "{}") out += " " + step.params;
    out += "\n      " + change("images", step.before.images, step.after.images) + ", " +
           change("objects", step.before.objects, step.after.objects) + ", " +
           change("classes", step.before.classes, step.after.classes) + "\n";
    for (const auto& note : step.notes) out += "      note: " + note + "\n";
  }
}

void put_loss(std::string& out, const LossCheck& loss) {
  if (loss.report.entries.empty()) {
    out += "loss: none\n";
    return;
  }
  out += "loss\n";
  for (const auto& entry : loss.report.entries) {
    const bool refused =
        std::any_of(loss.refused.begin(), loss.refused.end(), [&](const auto& r) { return r.kind == entry.kind; });
    out += "  " + std::string(enum_name(entry.kind)) + " " + std::to_string(entry.count) +
           (refused ? " NOT ALLOWED" : " allowed") + "\n";
    for (const auto& example : entry.examples) out += "      " + example + "\n";
  }
}

void put_images(std::string& out, const contract::PipelineRun& run, const Plan& plan, std::size_t max_images) {
  out += "images\n";
  const auto shown = std::min(plan.items.size(), max_images);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& item = plan.items[i];
    out += "  " + item.destination + " <- " + name_of(run.sources[item.source].dataset) + ":" + item.source_path +
           "  " + reason_of(item, run.images);
    for (const auto& twin : item.twins) {
      out += "; same bytes as " + name_of(run.sources[twin.source].dataset) + ":" + twin.path;
    }
    out += "\n";
  }
  if (shown < plan.items.size()) out += "  ... and " + std::to_string(plan.items.size() - shown) + " more\n";
  if (plan.left_out.empty()) return;
  out += "left out\n";
  const auto listed = std::min(plan.left_out.size(), max_images);
  for (std::size_t i = 0; i < listed; ++i) {
    const auto& left = plan.left_out[i];
    out += "  " + name_of(run.sources[left.source].dataset) + ":" + left.path + "  " + left.kind + ": " + left.message +
           "\n";
  }
  if (listed < plan.left_out.size()) out += "  ... and " + std::to_string(plan.left_out.size() - listed) + " more\n";
}

}  // namespace

std::string reason_of(const PlanItem& item, ImageMode images) {
  std::string text = !item.operations.empty()    ? "recode: " + describe(item.operations)
                     : images == ImageMode::Link ? "link"
                                                 : "copy";
  if (!item.rename_reason.empty()) text += "; renamed: " + item.rename_reason;
  return text;
}

std::string explain(const contract::PipelineRun& run, const std::vector<StepLog>& log, const LossCheck& loss,
                    const Plan& plan, std::size_t max_images) {
  std::string out = "plan " + plan.digest + "\n";
  out += "sources\n";
  for (std::size_t i = 0; i < run.sources.size(); ++i) {
    const auto& dataset = run.sources[i].dataset;
    out += "  [" + std::to_string(i) + "] " + name_of(dataset) + " " + std::string(dataset.format.name()) + " " +
           dataset.store + ":" + dataset.path + (dataset.digest.empty() ? "" : " " + dataset.digest) + "\n";
  }
  put_steps(out, log);
  const auto& a = plan.annotations;
  out += "output " + name_of(run.output) + " " + std::string(run.output.format.name()) + " " + run.output.store + ":" +
         run.output.path + "\n";
  out += "  " + plural(a.images.size(), "image", "images") + ", " + plural(a.objects.size(), "object", "objects") +
         ", " + plural(a.categories.size(), "class", "classes") + "\n";
  for (const auto& category : a.categories) out += "  class " + category.name + "\n";
  put_loss(out, loss);
  put_images(out, run, plan, max_images);
  return out;
}

}  // namespace visionops::pipeline
