// The termination message of a worker container: at most 4 KiB of JSON.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "worker/contract/exit_code.h"

namespace visionops::contract {

inline constexpr std::size_t kMaxResultBytes = 4096;

struct ResultError {
  std::string failure_class;  ///< a name of FailureClass; that of a newer worker or of a user's image may be another
  std::string message;        ///< names file and field
  std::string file;
  std::string field;
  std::string hint;

  static const Table<ResultError>& fields();
};

struct ResultClassCount {
  std::string name;
  std::int64_t images = 0;
  std::int64_t objects = 0;

  static const Table<ResultClassCount>& fields();
};

struct ResultFinding {
  std::string kind;
  std::string file;
  std::string position;
  std::string message;

  static const Table<ResultFinding>& fields();
};

/// Of inspect; and of pipeline for what it wrote.
struct DatasetFacts {
  std::string digest;
  std::string fingerprint;  ///< of the listing whose files have this digest; of inspect alone
  std::int64_t images = 0;
  std::int64_t annotations = 0;
  std::int64_t classes = 0;
  std::int64_t size_bytes = 0;
  std::vector<ResultClassCount> class_counts;     ///< as many as fit
  std::optional<ResultClassCount> fewest_images;  ///< the class that the fewest images have, of all classes
  std::int64_t problems = 0;
  std::int64_t missing_images = 0;
  std::int64_t damaged_images = 0;
  std::map<std::string, std::int64_t> problems_by_kind;
  std::map<std::string, std::int64_t> losses;  ///< what the readers left out, by LossKind
  std::vector<ResultFinding> first_problems;
  std::string report;
  std::string file_list;  ///< path of the Dataset's own list inside the store; empty: not written

  static const Table<DatasetFacts>& fields();
};

/// Of remove: what became of the files.
struct RemovalFacts {
  std::int64_t removed = 0;
  std::int64_t shared = 0;          ///< in the folder of another Dataset, listed or not: left
  std::int64_t replaced = 0;        ///< listed, but with other bytes now: left
  std::int64_t unlisted = 0;        ///< in the folder, never listed as this Dataset's: left
  std::vector<std::string> left;    ///< the first ones of those that are left
  std::vector<std::string> owners;  ///< Datasets that share, the first ones
  std::string refused;              ///< why nothing was removed; empty: it was not refused

  static const Table<RemovalFacts>& fields();
};

struct PipelineFacts {
  std::int64_t images_in = 0;
  std::int64_t images_out = 0;
  std::int64_t renamed_images = 0;
  std::int64_t skipped_images = 0;  ///< damaged or missing, listed in the manifest
  std::map<std::string, std::int64_t> loss;
  bool published = false;  ///< this shard wrote the manifest (exactly one does, or found it equal)
  bool reused = false;     ///< the version existed with equal inputs and plan; nothing was written

  static const Table<PipelineFacts>& fields();
};

struct StoredCheckpoint {
  std::string path;  ///< inside the checkpoint store
  std::string sha256;
  std::int64_t bytes = 0;
  std::int32_t epoch = 0;

  static const Table<StoredCheckpoint>& fields();
};

struct TrainFacts {
  std::int32_t epochs = 0;
  std::int32_t best_epoch = 0;
  std::string best_metric;
  double best_value = 0;
  std::map<std::string, double> metrics;  ///< of the evaluated best model
  std::optional<StoredCheckpoint> model;  ///< best, verified in the store
  std::optional<StoredCheckpoint> last;
  bool early_stopped = false;
  std::int32_t resumed_from_epoch = 0;
  std::int32_t image_size = 0;  ///< side of the network's input, as it was used

  static const Table<TrainFacts>& fields();
};

struct RunResult {
  std::optional<ResultError> error;
  std::optional<DatasetFacts> dataset;
  std::optional<PipelineFacts> pipeline;
  std::optional<TrainFacts> train;
  std::optional<RemovalFacts> removal;
  std::string identity = {};  ///< RunOwner::identity of the run that made it

  static const Table<RunResult>& fields();
};

/// The class that the fewest images have, of several the first; nullopt when there is none.
std::optional<ResultClassCount> fewest_images_of(const std::vector<ResultClassCount>& counts);
/// Sets the counts of all classes, and which one the fewest images have.
void set_class_counts(DatasetFacts& facts, std::vector<ResultClassCount> counts);

/// With the name and hint of the class.
ResultError error_result(FailureClass failure, const std::string& message, const std::string& field = {});
/// Of the class of `code`, which must not be Done.
ResultError error_result(ExitCode code, const std::string& message, const std::string& field = {});

/// Drops first findings, then class counts, then cuts messages until the text fits kMaxResultBytes.
std::string encode(const RunResult& result);
/// nullopt when `text` is not a result of ours (a user's image may write anything there).
std::optional<RunResult> decode_run_result(const std::string& text);

}  // namespace visionops::contract
