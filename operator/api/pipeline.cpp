#include "operator/api/pipeline.h"

#include "operator/api/manipulator_schema.h"
#include "operator/api/resource_codec.h"
#include "operator/api/rules.h"

namespace visionops::api {

using contract::ManipulatorScope;

namespace {

constexpr std::size_t kMaxSteps = 32;

constexpr const char* kLoopRule =
    "!has(self.onSourceChange) || self.onSourceChange != 'Run' || self.sources.all(s, !has(s.dataset.group) || "
    "!has(s.dataset.split) || s.dataset.group != self.output.group || s.dataset.split != self.output.split)";
constexpr const char* kLoopWords =
    "onSourceChange: Run with a source that is the output's own group and split would run for ever; read another "
    "group, name one version, or use onSourceChange: Ignore";

bool feeds_itself(const PipelineSource& source, const PipelineOutput& output) {
  return !source.dataset.group.empty() && source.dataset.group == output.group && source.dataset.split == output.split;
}

constexpr auto find_loops = [](const PipelineSpec& spec) {
  Problems loops;
  for (std::size_t i = 0; i < spec.sources.size() && spec.on_source_change == OnSourceChange::Run; ++i) {
    if (feeds_itself(spec.sources[i], spec.output)) loops.push_back({"sources[" + std::to_string(i) + "].dataset", ""});
  }
  return loops;
};

}  // namespace

const Table<PipelineSource>& PipelineSource::fields() {
  static const Table<PipelineSource> table{
      field("dataset", &PipelineSource::dataset, "Dataset that is read; it is never changed.").required(),
      field("manipulators", &PipelineSource::manipulators,
            "Steps for this source alone, in this order. Each item is a mapping with one key, the manipulator.")
          .default_text("none, the source is taken as it is")
          .max_items(kMaxSteps)
          .shape([] { return manipulator_list_schema(ManipulatorScope::PerSource); })
          .example("[{filter_keep_by_class: {classes: [car, bus]}}]"),
  };
  return table;
}

const Table<PipelineOutput>& PipelineOutput::fields() {
  static const Table<PipelineOutput> table{
      field("group", &PipelineOutput::group, "Group of the new Dataset.")
          .required()
          .min_length(1)
          .max_length(kMaxGroup)
          .pattern(kLabelPattern, kLabelWords)
          .immutable("output.group is the identity of what this Pipeline makes and cannot change; create a Pipeline "
                     "with another name")
          .example("street-night"),
      field("type", &PipelineOutput::type, "Type of the new Dataset: Source, Processed or Fusion.")
          .required()
          .rule("self != 'Raw'",
                "Raw is for data as they were delivered; use Source, Processed or Fusion for the output of a Pipeline",
                [](const PipelineOutput& o) { return o.type != DatasetType::Raw; })
          .example("Fusion"),
      field("split", &PipelineOutput::split, "Split of the new Dataset.").required().example("Train"),
      field("version", &PipelineOutput::version,
            "Version of the new Dataset. Two runs with other inputs cannot have the same version.")
          .default_text("the next patch version of group and split, v1.0.0 for the first")
          .max_length(kMaxVersion)
          .pattern(kVersionPattern, kVersionWords)
          .example("v2.0.0"),
      field("format", &PipelineOutput::format, "Annotation format that is written.").required().example("YOLO"),
      field("tasks", &PipelineOutput::tasks, "What models may be trained for with the new Dataset.")
          .default_text("the tasks that all sources have in common")
          .max_items(6)
          .set()
          .example("[Detection]"),
      field("store", &PipelineOutput::store, "Store that the new Dataset is written to.")
          .required()
          .min_length(1)
          .max_length(kMaxStore)
          .pattern(kLabelPattern, kLabelWords)
          .example("datasets"),
      path_field<PipelineOutput, &PipelineOutput::path>("path", "Folder inside the store.")
          .default_text("{type}/{group}/{split}/{version} in lower case")
          .example("fusion/street-night/train/v1.0.0"),
      field("qualityGate", &PipelineOutput::quality_gate, "Quality gate of the new Dataset.").default_text("no bounds"),
  };
  return table;
}

namespace {

/// How its runs are steered.
Table<PipelineSpec> fields_of_pipeline_runs() {
  return Table<PipelineSpec>{
      field("resources", &PipelineSpec::resources, "CPU and memory of each worker Pod.")
          .steering()
          .default_text("1 core and 1Gi"),
      field("retry", &PipelineSpec::retry, "How failed attempts are repeated.").steering().default_text("limit: 3"),
      field("deadlines", &PipelineSpec::deadlines, "How long waiting and working may take.")
          .steering()
          .default_text("no deadlines"),
      field("ttlSecondsAfterFinished", &PipelineSpec::ttl_seconds_after_finished,
            "When the finished Job and its Pods (with their logs) are removed. The Pipeline and the Dataset stay.")
          .steering()
          .unit("seconds")
          .default_text("they are kept until the next run")
          .range(0, 365.0 * 24 * 3600)
          .example("86400"),
      field("onSourceChange", &PipelineSpec::on_source_change,
            "What a new version of a source (a reference by group) means for a finished Pipeline. Ignore: nothing. "
            "Run: a new run with a new output version.")
          .steering(),
      profile_field<PipelineSpec>("Profile of the administrator: where the Pods run."),
      field("suspend", &PipelineSpec::suspend, "true stops the run and removes its Pods; false goes on where it was.")
          .steering(),
  };
}

/// What they make.
Table<PipelineSpec> fields_of_the_chain() {
  return Table<PipelineSpec>{
      field("sources", &PipelineSpec::sources, "Datasets that go in, in this order, each with its own steps.")
          .required()
          .min_items(1)
          .max_items(64),
      field("postMerge", &PipelineSpec::post_merge,
            "Steps over all sources together, in this order. Each item is a mapping with one key, the manipulator.")
          .default_text("none")
          .max_items(kMaxSteps)
          .shape([] { return manipulator_list_schema(ManipulatorScope::PostMerge); })
          .example("[{merge_datasets: {}}, {shuffle_image_ids: {}}]"),
      field("output", &PipelineSpec::output, "The Dataset that comes out.").required(),
      field("allowLoss", &PipelineSpec::allow_loss,
            "What reading and converting may lose: whole elements of the sources that cannot be read (Images, "
            "LabelFiles, Rows, Objects) and kinds of annotations that the output has no place for. A loss that is "
            "not named here stops the run and no dataset is written, but for UnknownKeys and Precision, which never "
            "stop one. What was lost stands in status.loss.")
          .default_text("nothing may be lost")
          .max_items(14)
          .set()
          .example("[Masks]"),
      field("images", &PipelineSpec::images,
            "How images that need no change get into the output. Copy: true copies. Link: hard links where the "
            "store allows it."),
      field("seed", &PipelineSpec::seed, "Seed of every random choice. Equal inputs, steps and seed give equal bytes.")
          .range(0, kMaxSeed)
          .example("7"),
      field("parallelism", &PipelineSpec::parallelism,
            "Worker Pods that share the images. The result does not depend on it.")
          .unit("Pods")
          .range(1, 256)
          .example("2"),
  };
}

}  // namespace

const Table<PipelineSpec>& PipelineSpec::fields() {
  static const auto table =
      fields_of_pipeline_runs().extends(fields_of_the_chain()).rule(kLoopRule, kLoopWords, find_loops);
  return table;
}

namespace {

void check_calls(const std::vector<contract::ManipulatorCall>& calls, ManipulatorScope scope, const std::string& path,
                 Problems& problems) {
  for (std::size_t i = 0; i < calls.size() && problems.size() < kMaxProblems; ++i) {
    // A call without a name did not decode; that finding stands already.
    if (calls[i].name.empty()) continue;
    contract::validate_call(calls[i], scope, path + "[" + std::to_string(i) + "]", problems);
  }
}

}  // namespace

Pipeline decode_pipeline(const Json& json) { return decode_resource<Pipeline>(json); }
Json encode(const Pipeline& pipeline) { return encode_resource(pipeline); }

void validate(const PipelineSpec& spec, Problems& problems) {
  PipelineSpec::fields().check(spec, "spec", problems);
  for (std::size_t i = 0; i < spec.sources.size() && problems.size() < kMaxProblems; ++i) {
    const std::string path = "spec.sources[" + std::to_string(i) + "].manipulators";
    check_calls(spec.sources[i].manipulators, ManipulatorScope::PerSource, path, problems);
  }
  check_calls(spec.post_merge, ManipulatorScope::PostMerge, "spec.postMerge", problems);
}

}  // namespace visionops::api
