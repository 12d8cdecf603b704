// The task: boxes and categories of objects in images.
#include <string>
#include <utility>

#include "base/fields/field_table.h"
#include "worker/train/engine/data/draw_pixels.h"
#include "worker/train/engine/task/task.h"
#include "worker/train/tasks/detection/data/visible_objects.h"
#include "worker/train/tasks/detection/evaluate.h"
#include "worker/train/tasks/detection/facts.h"
#include "worker/train/tasks/detection/learner/detection_learner.h"
#include "worker/train/tasks/detection/loaded_set.h"

namespace visionops::train {

const Table<DetectorDesign>& DetectorDesign::fields() {
  using D = DetectorDesign;
  static const Table<D> table{
      field("model", &D::model, "Name of the network.").required(),
      field("width", &D::width, "Channels at stride 4.").required(),
      field("side", &D::side, "Of the square input.").unit("pixels").required(),
      field("categories", &D::categories, "Names in the order of the heatmaps.").required(),
  };
  return table;
}

namespace {

using Settings = contract::Hyperparameters<kDetectionHyperparameters>;

AugmentationRange augmentation_of(const Settings& settings) {
  const auto scale = settings.get<"scaleJitter">();
  return {1 / scale,
          scale,
          settings.get<"shiftJitter">(),
          settings.get<"contrastJitter">(),
          settings.get<"brightnessJitter">(),
          settings.get<"flip">()};
}

DetectorDesign design_of(const TaskRun& task, const DetectionSets& sets) {
  return {task.run.model, Settings(task.run.extra).get<"width">(), sets.side, sets.train->set.categories};
}

std::string size_of(const DetectionSet& set) {
  return std::to_string(set.samples.size()) + " images with " + std::to_string(set.objects) + " objects";
}

Lesson lesson_of(const contract::TrainRun& run, const DetectorDesign& design, const DetectionSets& sets) {
  const auto side = std::to_string(design.side), largest = std::to_string(sets.train->set.largest_side());
  Lesson lesson;
  lesson.design = encode_text(design);
  lesson.samples = std::ssize(sets.train->set.samples);
  lesson.image_size = design.side;
  lesson.reads_while_training = sets.test || sets.train->rereads() || (sets.val && sets.val->rereads());
  lesson.learns = std::to_string(design.categories.size()) + " categories, input " + side + " x " + side + " pixels";
  lesson.train = size_of(sets.train->set);
  if (sets.val) lesson.val = size_of(sets.val->set);
  if (sets.test) lesson.test = size_of(*sets.test);
  for (const auto& text : sets.train->set.remarks) lesson.remarks.push_back("Training set: " + text);
  if (sets.val) {
    for (const auto& text : sets.val->set.remarks) lesson.remarks.push_back("Validation set: " + text);
  }
  if (sets.train->set.largest_side() > design.side && run.image_size == 0) {
    lesson.advice.push_back("Images of up to " + largest + " pixels are shrunk to " + side +
                            "; set hyperparameters.imageSize for another size");
  }
  return lesson;
}

class Detector final : public Learner {
 public:
  Detector(const TaskRun& task, DetectionSets sets, DetectorDesign design, std::unique_ptr<DetectionLearner> learner)
      : settings_(task.run.extra),
        seed_(task.network.seed),
        cache_bytes_(task.cache_bytes),
        evaluation_{design.side, task.run.batch_size, settings_.get<"maxDetections">(), task.loaders},
        lesson_(lesson_of(task.run, design, sets)),
        design_(std::move(design)),
        sets_(std::move(sets)),
        learner_(std::move(learner)) {}

  [[nodiscard]] const Lesson& lesson() const override { return lesson_; }
  TrainedNetwork& network() override { return learner_->network(); }
  [[nodiscard]] Result<std::unique_ptr<Batch>> prepare(std::int32_t epoch,
                                                       std::span<const std::uint32_t> samples) const override;
  Status step(const Batch& batch, double learning_rate) override {
    return learner_->step(static_cast<const DetectionBatch&>(batch), learning_rate);
  }
  Result<Metrics> evaluate(Part part, const EvaluationWatch& watch) override;

 private:
  Result<Metrics> evaluate_test(const EvaluationWatch& watch);

  Settings settings_;
  std::uint64_t seed_;
  std::int64_t cache_bytes_;
  EvaluationSettings evaluation_;
  Lesson lesson_;
  DetectorDesign design_;
  DetectionSets sets_;
  std::unique_ptr<DetectionLearner> learner_;
};

Result<std::unique_ptr<Batch>> Detector::prepare(std::int32_t epoch, std::span<const std::uint32_t> samples) const {
  const auto side = design_.side;
  const auto bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
  const auto range = augmentation_of(settings_);
  auto batch = std::make_unique<DetectionBatch>();
  batch->pixels.images = std::ssize(samples);
  batch->pixels.pixels.resize(bytes * samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto image = sets_.train->images.get(samples[i]);
    if (!image) return image.error();
    const auto& pixels = image->pixels;
    const auto augmentation = settings_.get<"augment">()
                                  ? draw_augmentation(range, pixels.cols, pixels.rows, side, seed_, epoch, samples[i])
                                  : Augmentation{};
    draw_pixels(*image, augmentation, side, batch->pixels.pixels.data() + bytes * i);
    const auto objects = visible_objects(sets_.train->set.samples[samples[i]], *image, augmentation, side);
    append_targets(design_.grid(), static_cast<std::int64_t>(i), objects, batch->targets);
  }
  return std::unique_ptr<Batch>(std::move(batch));
}

Result<Metrics> Detector::evaluate(Part part, const EvaluationWatch& watch) {
  if (part == Part::Test) return evaluate_test(watch);
  if (!sets_.val) return Metrics{};
  return train::evaluate(*learner_, {sets_.val->set, sets_.val->images}, evaluation_, watch.progress);
}

Result<Metrics> Detector::evaluate_test(const EvaluationWatch& watch) {
  if (!sets_.test) return Metrics{};
  sets_.val.reset();  // the memory of its pixels
  LoadedSet data(*std::exchange(sets_.test, std::nullopt), design_.side, cache_bytes_);
  if (const auto loaded = load_pixels(data, "datasets.test", evaluation_.threads); !loaded) return loaded.error();
  for (const auto& text : data.set.remarks) watch.remark("Test set: " + text);
  return train::evaluate(*learner_, {data.set, data.images}, evaluation_, watch.progress);
}

Result<std::unique_ptr<Learner>> open_detector(const TaskRun& task) {
  auto sets = open_sets(task);
  if (!sets) return sets.error();
  auto design = design_of(task, *sets);
  auto learner = DetectionLearner::create(design, task.network);
  if (!learner) return learner.error();
  return std::unique_ptr<Learner>(
      std::make_unique<Detector>(task, *std::move(sets), std::move(design), *std::move(learner)));
}

}  // namespace

namespace facts {
extern const contract::TrainingTask detection;
}
namespace tasks {
extern const TrainerTask detection{facts::detection, open_detector};
}

}  // namespace visionops::train
