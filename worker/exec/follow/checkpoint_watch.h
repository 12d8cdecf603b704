// Which checkpoints of the trainer are new and whole. A framework writes in place and tells nobody when it has
// finished: a file counts when it was the same at two looks and its own format says that nothing is missing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/exec/follow/job_folder.h"
#include "worker/framework/checkpoints/checkpoint_names.h"

namespace visionops::exec {

/// A checkpoint in the trainer's folder.
struct WholeCheckpoint {
  std::string path;              ///< a file, or a folder
  std::vector<FoundFile> files;  ///< one, or those of the folder, sorted
  bool folder = false;
  bool best = false;       ///< by its rule
  bool resumable = false;  ///< by its rule, and not stripped since
  std::int32_t epoch = 0;  ///< 1-based; 0: nobody can say
  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] std::int64_t modified_ns() const;
};

/// The epoch of a file whose path does not say it, by the time of its last write or by the step in its name (0: none).
using EpochOf = std::function<std::int32_t(TimePoint modified, std::int64_t step)>;

class CheckpointWatch {
 public:
  explicit CheckpointWatch(framework::CheckpointNames names) : names_(std::move(names)) {}

  /// What is there before the trainer starts is no checkpoint of this attempt until it changes.
  void skip_present(const JobFolder& job);
  /// Those that are new since they were taken the last time, oldest first. `last`: the trainer has ended, and one look
  /// tells as much as two. Nothing is taken up yet: see taken().
  std::vector<WholeCheckpoint> poll(const JobFolder& job, bool last, const EpochOf& epoch_of);
  /// It was copied, or is not wanted: it counts again when it has changed.
  void taken(const WholeCheckpoint& checkpoint);
  /// Why a file that no longer changes is not whole, since the last call.
  std::vector<std::string> take_refused();

 private:
  struct Seen {
    std::vector<FoundFile> files;  ///< at the look before
    std::vector<FoundFile> done;   ///< when it was taken
    std::string refused;           ///< told once
    std::int64_t largest = 0;      ///< size that it once had
    std::int32_t epoch = 0;        ///< of its last writing that was no stripping
    bool stripped = false;
  };
  void look_at(const JobFolder& job, const FoundFile& found, const framework::CheckpointName& name, bool last,
               const EpochOf& epoch_of, std::vector<WholeCheckpoint>& out);

  framework::CheckpointNames names_;
  std::map<std::string, Seen> seen_;
  std::vector<std::string> refused_;
};

}  // namespace visionops::exec
