// The metric files that a runtime names, given to the reader whenever they changed.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "worker/contract/framework_run.h"
#include "worker/exec/follow/job_folder.h"
#include "worker/framework/run_reader.h"

namespace visionops::exec {

inline constexpr std::size_t kMaxMetricFileBytes = std::size_t{32} << 20;

class MetricFiles {
 public:
  explicit MetricFiles(std::vector<contract::MetricFile> rules) : rules_(std::move(rules)) {}

  /// What is there before the trainer starts is of an earlier attempt, and read when it changes.
  void skip_present(const JobFolder& job);
  /// True when something was new. A large file is looked at less often, unless `last`: then each is given once more,
  /// since only now its last line is whole. `after` is called after each file with the time when it was written.
  template <class After>
  bool poll(const JobFolder& job, framework::RunReader& reader, bool last, const After& after) {
    bool any = false;
    for (const auto& file : changed(job, last)) {
      const auto text = job.read(file.path, kMaxMetricFileBytes);
      if (!text) {
        refused_.push_back(text.error().message);
        continue;
      }
      reader.take_file(file.path, *text, file.mark.modified());
      after(file.mark.modified());
      any = true;
    }
    return any;
  }
  /// Why files were not read, since the last call.
  std::vector<std::string> take_refused() { return std::exchange(refused_, {}); }

 private:
  std::vector<FoundFile> changed(const JobFolder& job, bool last);

  std::vector<contract::MetricFile> rules_;
  std::map<std::string, FileMark> earlier_;  ///< before the start
  std::map<std::string, FileMark> seen_;
  std::map<std::string, int> rests_;  ///< polls until a large file is looked at again
  std::vector<std::string> refused_;
};

}  // namespace visionops::exec
