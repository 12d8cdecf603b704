// The life of a sidecar: follow the worker's telemetry, store its checkpoints, tell the operator.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "worker/sidecar/checkpoint_worker.h"
#include "worker/sidecar/cursor.h"
#include "worker/sidecar/gpu_sampler.h"
#include "worker/sidecar/line_tail.h"
#include "worker/sidecar/outbox.h"
#include "worker/sidecar/sender.h"
#include "worker/sidecar/sidecar_config.h"

namespace visionops::sidecar {

/// Waits for the given time; true when the end was requested (the worker has ended).
using Pause = std::function<bool(Duration)>;
/// A line for `kubectl logs`.
using Log = std::function<void(const std::string&)>;

class Sidecar {
 public:
  /// `clock` must outlive the object. NotFound or Invalid when the checkpoint store cannot be opened.
  static Result<std::unique_ptr<Sidecar>> open(SidecarConfig config, const Clock& clock, Log log);

  /// Writes sidecar.ready, works until `pause` asks for the end, then drains: the rest of the telemetry and a message
  /// with final=true, at most `grace` long; the checkpoints, and for a training its last word, at most `store_grace`
  /// long. True when all was done, or the model is proven.
  bool run(const Pause& pause);

 private:
  /// The three folders of a Pod (worker/contract/pod_folders.h).
  struct Folders {
    std::shared_ptr<storage::StorageClient> pod, answers, own;
  };
  Sidecar(SidecarConfig config, Folders folders, const Clock& clock, Log log);
  static Result<Folders> open_folders(const SidecarConfig& config);
  Status open_checkpoints();
  Status announce() const;
  enum class Stage { Working, Draining, LastCall };
  void tick(Duration send_limit, Stage stage);
  bool read_lines();
  void take(const TailLine& line);
  void take_outcomes();
  void sample(TimePoint now);
  void send(TimePoint now, Duration limit, bool final);
  [[nodiscard]] bool send_due(TimePoint now, bool final) const;
  void save_progress(TimePoint now, bool always);
  void say_what_is_not_read();
  void say_what_is_left_out();
  bool drain(const Pause& pause);
  contract::SidecarWord word_about_the_store(const Pause& pause, TimePoint end);
  void log_change(const std::string& state);

  const SidecarConfig config_;
  const Folders folders_;
  const Clock& clock_;
  const Log log_;
  Cursor saved_;
  LineTail tail_;
  Outbox outbox_;
  std::optional<Sender> sender_;
  std::unique_ptr<CheckpointWorker> checkpoints_;
  std::optional<GpuSampler> gpus_;
  std::int64_t malformed_lines_ = 0;
  std::int64_t refused_files_ = 0;
  std::int64_t left_out_told_ = 1;  // the number of lines left out at which it is told again
  std::string refusal_;
  TimePoint sent_at_{};
  TimePoint sampled_at_{};
  bool sampled_ = false;
  bool behind_ = false;  // the telemetry file has more than one tick takes
  TimePoint saved_at_{};
  TimePoint not_before_{};  // backoff of sending
  Duration backoff_{};
  bool final_delivered_ = false;
  std::string logged_state_;
};

}  // namespace visionops::sidecar
