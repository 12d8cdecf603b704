// The smallest task: learns the line y = slope * x from sixteen points that no Dataset has.
#include <ATen/ops/mse_loss.h>
#include <c10/core/GradMode.h>
#include <torch/nn/modules/linear.h>

#include <utility>

#include "worker/train/engine/network/network_parts.h"
#include "worker/train/engine/task/task.h"
#include "worker/train/tasks/toy/facts.h"

namespace visionops::train {
namespace {

struct ToyBatch final : Batch {
  std::vector<float> points;
};

class Toy final : public Learner {
 public:
  Toy(const TaskRun& task, TrainedNetwork network)
      : slope_(contract::Hyperparameters<kToyHyperparameters>(task.run.extra).get<"slope">()),
        network_(std::move(network)) {
    lesson_.design = R"({"model":"toy_line"})";
    lesson_.samples = 16;
    lesson_.learns = "a line";
    lesson_.train = lesson_.val = "16 points";
  }

  [[nodiscard]] const Lesson& lesson() const override { return lesson_; }
  TrainedNetwork& network() override { return network_; }

  [[nodiscard]] Result<std::unique_ptr<Batch>> prepare(std::int32_t,
                                                       std::span<const std::uint32_t> samples) const override {
    auto batch = std::make_unique<ToyBatch>();
    for (const auto sample : samples) batch->points.push_back(static_cast<float>(sample) / 16);
    return std::unique_ptr<Batch>(std::move(batch));
  }

  Status step(const Batch& batch, double learning_rate) override {
    return train_step(network_, learning_rate, [&]() -> std::vector<at::Tensor> {
      const auto loss = distance(network_of(network_), static_cast<const ToyBatch&>(batch).points);
      return {loss, loss.detach()};
    });
  }

  Result<Metrics> evaluate(Part, const EvaluationWatch& watch) override {
    return guarded("evaluation", [&]() -> Result<Metrics> {
      const at::NoGradGuard no_grad;
      watch.progress(1, 1);
      return Metrics{{"error", distance(average_of(network_), {0.25F, 0.75F}).item<double>()}};
    });
  }

 private:
  at::Tensor distance(torch::nn::Module& network, const std::vector<float>& points) const {
    const auto x = tensor_of(points, {std::ssize(points), 1}, at::kFloat, device_of(network_));
    return at::mse_loss(static_cast<torch::nn::LinearImpl&>(network).forward(x), x * slope_);
  }

  double slope_;
  Lesson lesson_;
  TrainedNetwork network_;
};

Result<std::unique_ptr<Learner>> open_toy(const TaskRun& task) {
  auto network = make_network(task.network, kToyLosses, [] { return std::make_shared<torch::nn::LinearImpl>(1, 1); });
  if (!network) return network.error();
  return std::unique_ptr<Learner>(std::make_unique<Toy>(task, *std::move(network)));
}

}  // namespace

namespace facts {
extern const contract::TrainingTask toy;
}
namespace tasks {
extern const TrainerTask toy{facts::toy, open_toy};
}

}  // namespace visionops::train
