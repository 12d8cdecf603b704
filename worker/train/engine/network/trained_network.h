// A network while it is trained: its weights, their moving average, the optimiser and the sums of its losses, behind a
// door without tensors. It knows no task: what is learnt comes with network_parts.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::train {

struct NetworkSettings {
  double weight_decay = 0.0001;  ///< of the convolution weights; not of norms and biases
  std::uint64_t seed = 0;
  std::int32_t threads = 1;
  bool gpu = false;  ///< use a GPU when one is there
};

/// Sums over steps: kTotalLoss, which is what the steps lower, and its parts.
using LossSums = std::map<std::string, double>;
inline constexpr const char* kTotalLoss = "total";

/// Not thread-safe. Errors: Invalid for weights that do not fit, Retry when memory ran out, Internal else.
class TrainedNetwork {
 public:
  struct State;
  explicit TrainedNetwork(std::unique_ptr<State> state);
  TrainedNetwork(TrainedNetwork&&) noexcept;
  ~TrainedNetwork();

  /// The sums go on from here: {} for a new epoch, those of losses() for an interrupted one.
  Status set_losses(const LossSums& sums);
  /// Waits for the device. NaN or infinity when a step diverged.
  Result<LossSums> losses();

  /// Everything that the next step depends on, and `note` beside it (opaque here).
  [[nodiscard]] Result<std::string> save(const std::string& note) const;
  /// The note of save() alone.
  static Result<std::string> read_note(std::string_view bytes);
  /// Back to the state of save(). On an error nothing has changed.
  Status load(std::string_view bytes);
  /// Takes over the averaged weights as a new start: fresh optimiser. Tensors of another shape, as the
  /// head of other categories, stay as they are; returns how many.
  Result<std::int64_t> load_weights(std::string_view bytes);

  [[nodiscard]] std::string device() const;  ///< "cpu" or "cuda"
  [[nodiscard]] std::int64_t weights() const;

  /// For network_parts.h.
  [[nodiscard]] State& state() { return *state_; }
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace visionops::train
