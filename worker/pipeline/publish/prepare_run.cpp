#include "worker/pipeline/publish/prepare_run.h"

#include <string>
#include <utility>

#include "worker/dataset/formats/format.h"

namespace visionops::pipeline {

namespace {

bool inside(const std::string& inner, const std::string& outer) {
  return outer.empty() || inner == outer || inner.rfind(outer + "/", 0) == 0;
}

}  // namespace

Status check_run(const contract::PipelineRun& run) {
  if (run.sources.empty()) return invalid_error("sources: at least one is needed");
  if (formats::writer_of(run.output.format) == nullptr) {
    return invalid_error("output.format: " + std::string(run.output.format.name()) + " cannot be written, only " +
                         contract::format_names(&contract::FormatInfo::writes));
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
  auto chain = fold_chain(run, std::move(sources->collections), formats::writer_of);
  if (!chain) return chain.error();
  PreparedRun out;
  out.folders = std::move(sources->folders);
  out.counts = std::move(sources->counts);
  out.findings = std::move(sources->findings);
  out.findings.merge(chain->findings);
  out.log = std::move(chain->log);
  out.writer = formats::writer_of(run.output.format);
  out.plan = make_plan(run, std::move(chain->collection), *out.writer);
  if (out.writer->remark != nullptr) out.writer->remark(out.plan.annotations, out.findings);
  auto before = std::move(sources->loss);
  before.add(annotations::loss_of_reading(chain->findings));
  before.add(chain->loss);
  before.add(loss_of_images(run, out.plan.left_out));
  out.loss = check_loss(run, before, out.plan.annotations, *out.writer);
  return out;
}

}  // namespace visionops::pipeline
