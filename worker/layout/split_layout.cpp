#include "worker/layout/split_layout.h"

#include <utility>

#include "worker/dataset/formats/format.h"
#include "worker/dataset/load.h"
#include "worker/pipeline/plan/loss_check.h"
#include "worker/pipeline/plan/written_objects.h"

namespace visionops::layout {

namespace {

/// The conversion of the one set, in the words of the plan.
contract::PipelineRun conversion_of(const SplitSource& source, const contract::TrainRun& run, const LayoutKind& kind) {
  contract::PipelineRun conversion;
  conversion.sources.push_back({source.dataset, {}});
  conversion.output.format = kind.format;
  conversion.tasks = {run.task};
  return conversion;
}

/// Removes what the kind has no place for, as the plan does with pictures that are not there.
void leave_out(pipeline::Plan& plan, const std::vector<NoPlace>& without_place) {
  if (without_place.empty()) return;
  const auto by_image = annotations::group_by_image(plan.annotations);
  std::vector<std::uint32_t> images;
  std::vector<pipeline::PlanItem> kept;
  std::vector<bool> dropped(plan.items.size(), false);
  for (const auto& [image, why] : without_place) {
    dropped[image] = true;
    images.push_back(image);
    plan.left_out.push_back({plan.items[image].source, plan.items[image].source_path, "NoPlace", why,
                             static_cast<std::int64_t>(by_image.of(image).size())});
  }
  for (std::size_t i = 0; i < dropped.size(); ++i) {
    if (!dropped[i]) kept.push_back(std::move(plan.items[i]));
  }
  plan.items = std::move(kept);
  pipeline::drop_images(plan.annotations, images);
}

}  // namespace

Result<LoadedSplit> load_split(const SplitSource& source, unsigned threads) {
  const auto& dataset = source.dataset;
  LoadedSplit out;
  out.source = source;
  auto loaded = dataset_folder::load_dataset(
      *source.store, dataset.path, dataset.format, out.findings,
      {.check_sizes = true, .threads = threads, .choice = dataset_folder::choice_of(dataset)});
  if (!loaded) return loaded.error().in(source.field());
  out.images = std::ssize(loaded->annotations.images);
  out.objects = std::ssize(loaded->annotations.objects);
  out.collection = pipeline::make_collection(std::move(loaded->annotations), 0, loaded->image_bytes);
  return out;
}

SplitLayout plan_split(LoadedSplit split, const contract::TrainRun& run, const LayoutKind& kind,
                       const ClassList& list) {
  const auto& writer = *formats::writer_of(kind.format);
  const auto conversion = conversion_of(split.source, run, kind);
  take_classes(split.collection, list);
  SplitLayout out;
  out.source = std::move(split.source);
  out.images_in = split.images;
  out.objects_in = split.objects;
  out.plan = pipeline::make_plan(conversion, std::move(split.collection), writer);
  if (kind.without_place != nullptr) leave_out(out.plan, kind.without_place(out.plan));
  out.loss = annotations::loss_of_reading(split.findings);
  out.loss.add(pipeline::loss_of_images(conversion, out.plan.left_out));
  if (kind.settle != nullptr) out.loss.add(kind.settle(out.plan.annotations, conversion.tasks));
  out.loss.add(writer.loss(out.plan.annotations, conversion.tasks));
  out.objects_out = pipeline::WrittenObjects(out.plan.annotations, writer, conversion.tasks).count();
  return out;
}

}  // namespace visionops::layout
