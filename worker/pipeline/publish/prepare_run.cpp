#include "worker/pipeline/publish/prepare_run.h"

#include <string>
#include <utility>

namespace visionops::pipeline {

namespace {

bool inside(const std::string& inner, const std::string& outer) {
  return outer.empty() || inner == outer || inner.rfind(outer + "/", 0) == 0;
}

}  // namespace

Status check_run(const contract::PipelineRun& run) {
  if (run.sources.empty()) return invalid_error("sources: at least one is needed");
  if (run.output.format != Format::COCO && run.output.format != Format::YOLO) {
    return invalid_error("output.format: " + std::string(enum_name(run.output.format)) +
                         " cannot be written; COCO and YOLO can");
  }
  if (run.images == ImageMode::Reference) {
    return invalid_error(
        "images: a dataset of references has no files of its own and cannot be read back; use Link, "
        "which takes no space either");
  }
  for (std::size_t s = 0; s < run.sources.size(); ++s) {
    const auto& source = run.sources[s].dataset;
    if (source.store != run.output.store) continue;
    if (inside(source.path, run.output.path) || inside(run.output.path, source.path)) {
      return invalid_error("output.path: " + run.output.path + " overlaps with sources[" + std::to_string(s) + "] (" +
                           source.path + "); sources are never written");
    }
  }
  return {};
}

Result<PreparedRun> prepare_run(const contract::PipelineRun& run, const RunEnvironment& environment) {
  auto sources = load_sources(run, environment);
  if (!sources) return sources.error();
  auto chain = fold_chain(run, std::move(sources->collections));
  if (!chain) return chain.error();
  PreparedRun out;
  out.folders = std::move(sources->folders);
  out.counts = std::move(sources->counts);
  out.findings = std::move(sources->findings);
  out.findings.merge(chain->findings);
  out.log = std::move(chain->log);
  out.plan = make_plan(run, std::move(chain->collection));
  auto before = std::move(sources->loss);
  before.add(annotations::loss_of_reading(chain->findings));
  before.add(chain->loss);
  before.add(loss_of_images(run, out.plan.left_out));
  out.loss = check_loss(run, before, out.plan.annotations);
  return out;
}

}  // namespace visionops::pipeline
