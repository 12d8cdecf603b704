// Which of the trainer's checkpoints are handed to the sidecar, under which names, and which of them are the model and
// the last one in the end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/contract/telemetry.h"
#include "worker/exec/follow/checkpoint_watch.h"
#include "worker/exec/follow/epoch_metrics.h"
#include "worker/exec/follow/job_folder.h"
#include "worker/exec/follow/pod_checkpoints.h"

namespace visionops::exec {

struct HandoverRules {
  std::int32_t every = 1;          ///< epochs between two that are neither best nor last
  std::int32_t resumed_from = 0;   ///< numbers of checkpoints of which nobody knows the epoch begin behind it
  bool framework_chooses = false;  ///< a rule of the runtime names the best one
  std::string metric;              ///< else the best by this one; empty: the last one
  bool higher_is_better = true;
  std::optional<double> best_value;  ///< of the best one of an earlier attempt
  bool has_earlier_best = false;     ///< in the store: it stays the model unless a better one comes
};

/// One that was copied.
struct Handed {
  contract::CheckpointWritten written;
  std::string path;  ///< in the trainer's folder
};

class Handover {
 public:
  /// `announce` tells the sidecar, `remark` a person.
  Handover(HandoverRules rules, PodCheckpoints pod, std::function<void(const contract::CheckpointWritten&)> announce,
           std::function<void(const std::string&)> remark);

  /// Copies and announces what is worth it; `watch` is told what need not be looked at again. `last`: nothing follows,
  /// so that nothing is left for later.
  void take(const JobFolder& job, CheckpointWatch& watch, std::vector<WholeCheckpoint> found,
            const EpochMetrics& metrics, bool last);
  /// Announces the newest one as the final one. nullopt: there is none.
  std::optional<Handed> finish(const JobFolder& job, CheckpointWatch& watch, const EpochMetrics& metrics);
  /// The best one; else the final one is the model.
  [[nodiscard]] std::optional<Handed> best() const;

  [[nodiscard]] const PodCheckpoints& pod() const { return pod_; }

 private:
  void number(std::vector<WholeCheckpoint>& found) const;
  void choose_best(WholeCheckpoint& checkpoint, const EpochMetrics& metrics);
  [[nodiscard]] bool is_behind() const;
  [[nodiscard]] bool is_superseded(const WholeCheckpoint& checkpoint) const;
  void hand_over(const JobFolder& job, CheckpointWatch& watch, const WholeCheckpoint& checkpoint,
                 const EpochMetrics& metrics);
  [[nodiscard]] const Handed* newest() const;
  void tidy() const;

  HandoverRules rules_;
  PodCheckpoints pod_;
  std::function<void(const contract::CheckpointWritten&)> announce_;
  std::function<void(const std::string&)> remark_;
  std::map<std::string, Handed> handed_;        ///< by name; the newest writing of each
  std::string best_;                            ///< its name
  std::optional<double> best_value_;            ///< where we choose
  std::optional<WholeCheckpoint> passed_over_;  ///< the newest that was not wanted when it was found
  std::int32_t newest_epoch_ = 0;
  std::string problem_;  ///< told once
};

}  // namespace visionops::exec
