// The termination message of a training's sidecar: what the checkpoint store gave back after the trainer had ended.
//
// It alone proves that there is a model. A trainer may write what it likes as its own result and into the folder that
// it shares with the sidecar; it can write neither this message nor what is in the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/fields.h"
#include "worker/contract/run_result.h"

namespace visionops::contract {

struct SidecarWord {
  std::string owner_uid;  ///< of the TrainingJob
  std::int64_t run = 0;
  std::int32_t attempt = 0;
  std::string identity = {};              ///< of the run (run_identity.h); empty: begun by an earlier version
  std::optional<StoredCheckpoint> model;  ///< the best of the run, hashed as it lies in the store
  std::optional<StoredCheckpoint> last;   ///< the final one, likewise
  std::string problem;                    ///< why there is no model

  static const Table<SidecarWord>& fields();
};

/// At most kMaxResultBytes.
std::string encode(const SidecarWord& word);
/// nullopt when `text` is none. Members of a newer sidecar are ignored.
std::optional<SidecarWord> decode_sidecar_word(const std::string& text);

}  // namespace visionops::contract
