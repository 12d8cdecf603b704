// What the operator reports about a Pipeline.
#include "base/fields/field_table.h"
#include "operator/api/pipeline.h"

namespace visionops::api {

const Table<ResolvedOutput>& ResolvedOutput::fields() {
  static const auto table =
      Table<ResolvedOutput>{
          field("dataset", &ResolvedOutput::dataset, "Name of the Dataset that comes out."),
          field("group", &ResolvedOutput::group, "Its group."),
          field("split", &ResolvedOutput::split, "Its split.").always(),
          field("version", &ResolvedOutput::version, "Its version, assigned before anything is written."),
          field("store", &ResolvedOutput::store, "Its store."),
          field("path", &ResolvedOutput::path, "Its folder inside the store."),
      }
          .reported();
  return table;
}

const Table<ResolvedPipeline>& ResolvedPipeline::fields() {
  static const auto table =
      Table<ResolvedPipeline>{
          field("sources", &ResolvedPipeline::sources, "The Datasets that were pinned, in the order of spec.sources.")
              .max_items(64),
          field("output", &ResolvedPipeline::output, "Where the result goes."),
      }
          .reported();
  return table;
}

const Table<PipelineStatus>& PipelineStatus::fields() {
  static const auto table =
      Table<PipelineStatus>{
          field("stage", &PipelineStatus::stage, "What the workers are doing."),
          field("progressPercent", &PipelineStatus::progress_percent, "Work done in this stage.").unit("percent"),
          field("progress", &PipelineStatus::progress, "Work done in this stage, for people."),
          field("imagesIn", &PipelineStatus::images_in, "Images of all sources."),
          field("imagesOut", &PipelineStatus::images_out, "Images of the result."),
          field("resolved", &PipelineStatus::resolved, "What references and defaults resolved to in this run."),
          field("outputDigest", &PipelineStatus::output_digest, "Digest of the Dataset that came out."),
          field("loss", &PipelineStatus::loss,
                "What was lost, by permission or of a kind that stops nothing, as number of annotations by kind."),
          field("renamedImages", &PipelineStatus::renamed_images,
                "Images that have another name than in their source, because two sources used the same name."),
          field("skippedImages", &PipelineStatus::skipped_images,
                "Damaged or missing images that were left out; manifest.json lists them."),
      }
          .extends(RunStatus::fields())
          .reported();
  return table;
}

std::span<const Column<Pipeline>> Pipeline::columns() {
  static constexpr Column<Pipeline> kColumns[] = {
      {"Phase", "string", ".status.phase", "Where the run stands.",
       [](const Pipeline& p) { return std::string(enum_name(p.status.phase)); }},
      {"Stage", "string", ".status.stage", "What the workers are doing.",
       [](const Pipeline& p) {
         return p.status.stage == PipelineStage::None ? "-" : std::string(enum_name(p.status.stage));
       }},
      {"Progress", "string", ".status.progress", "Work done in this stage.",
       [](const Pipeline& p) { return or_dash(p.status.progress); }},
      {"In", "integer", ".status.imagesIn", "Images of all sources.",
       [](const Pipeline& p) { return std::to_string(p.status.images_in); }},
      {"Out", "integer", ".status.imagesOut", "Images of the result.",
       [](const Pipeline& p) { return std::to_string(p.status.images_out); }},
      {"Duration", "string", ".status.duration", "How long the run took.",
       [](const Pipeline& p) { return or_dash(p.status.duration); }},
      {"Output", "string", ".status.resolved.output.dataset", "Dataset that comes out.",
       [](const Pipeline& p) {
         const auto& resolved = p.status.resolved;
         return resolved && resolved->output ? resolved->output->dataset : "-";
       },
       true}};
  return kColumns;
}

}  // namespace visionops::api
