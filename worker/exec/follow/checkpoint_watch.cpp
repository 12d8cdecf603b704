#include "worker/exec/follow/checkpoint_watch.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "worker/exec/follow/open_bytes.h"
#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::exec {

namespace {

/// A checkpoint that keeps less than that of its size was rewritten without its optimizer (Ultralytics keeps a fifth).
constexpr std::int64_t kStrippedQuarters = 3;
/// Notes beside the weights of a folder ("latest", merges.txt) may be as short as they like.
constexpr std::int64_t kTooShortToJudge = 16;

bool same(const std::vector<FoundFile>& a, const std::vector<FoundFile>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x.path == y.path && x.mark == y.mark; });
}

std::int64_t bytes_of(const std::vector<FoundFile>& files) {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                         [](std::int64_t all, const auto& file) { return all + file.mark.size; });
}

Status whole_file(const JobFolder& job, const FoundFile& file) {
  const auto open = job.open_file(file.path);
  if (!open) return open.error();
  const OpenBytes bytes(open->get(), file.path);
  const auto status = framework::check_whole(file.path.substr(file.path.rfind('/') + 1), bytes);
  return status ? status : Status(status.error().in(file.path));
}

/// The file that is written last is there, and every file that can be judged is whole.
Status whole(const JobFolder& job, const std::string& path, const std::vector<FoundFile>& files,
             const std::string& complete_by) {
  if (!complete_by.empty() && std::ranges::find(files, path + "/" + complete_by, &FoundFile::path) == files.end()) {
    return invalid_error(path + ": has no " + complete_by + " yet");
  }
  for (const auto& file : files) {
    const bool beside = !complete_by.empty() && !file.path.ends_with("/" + complete_by);
    if (beside && file.mark.size < kTooShortToJudge) continue;
    if (auto status = whole_file(job, file); !status) return status;
  }
  return files.empty() ? Status(invalid_error(path + ": is empty")) : Status();
}

std::vector<FoundFile> files_of(const JobFolder& job, const FoundFile& found, bool folder) {
  if (!folder) return {found};
  auto files = job.files_below(found.path);
  return files ? *std::move(files) : std::vector<FoundFile>{};
}

}  // namespace

std::int64_t WholeCheckpoint::bytes() const { return bytes_of(files); }

std::int64_t WholeCheckpoint::modified_ns() const {
  std::int64_t newest = 0;
  for (const auto& file : files) newest = std::max(newest, file.mark.modified_ns);
  return newest;
}

void CheckpointWatch::skip_present(const JobFolder& job) {
  for (const auto& rule : names_.rules()) {
    const bool folder = !rule.complete_by.empty();
    for (const auto& found : job.find(rule.path, folder)) seen_[found.path].done = files_of(job, found, folder);
  }
}

std::vector<WholeCheckpoint> CheckpointWatch::poll(const JobFolder& job, bool last, const EpochOf& epoch_of) {
  std::vector<WholeCheckpoint> out;
  for (std::size_t i = 0; i < names_.rules().size(); ++i) {
    for (const auto& found : job.find(names_.rules()[i].path, !names_.rules()[i].complete_by.empty())) {
      const auto name = names_.read(found.path);
      if (!name || name->rule != i) continue;
      if (!seen_.contains(found.path) && seen_.size() >= kMostFoundPaths) continue;
      look_at(job, found, *name, last, epoch_of, out);
    }
  }
  std::ranges::stable_sort(out, {}, [](const auto& c) { return c.modified_ns(); });
  return out;
}

void CheckpointWatch::look_at(const JobFolder& job, const FoundFile& found, const framework::CheckpointName& name,
                              bool last, const EpochOf& epoch_of, std::vector<WholeCheckpoint>& out) {
  const auto& rule = names_.rules()[name.rule];
  WholeCheckpoint now{
      found.path, files_of(job, found, !rule.complete_by.empty()), !rule.complete_by.empty(), rule.best, rule.resumable,
      name.epoch};
  auto& seen = seen_[found.path];
  if (now.files.empty() || same(now.files, seen.done)) return;
  const bool still = last || same(now.files, seen.files);
  if (!same(now.files, seen.files)) {
    seen.files = now.files;
    const auto size = now.bytes();
    seen.stripped = !now.folder && size > 0 && size * 4 < seen.largest * kStrippedQuarters;
    seen.largest = std::max(seen.largest, size);
    if (!seen.stripped || seen.epoch == 0) {
      seen.epoch =
          name.epoch > 0 ? name.epoch : epoch_of(TimePoint{Duration{now.modified_ns() / 1'000'000}}, name.step);
    }
  }
  if (!still) return;
  if (const auto status = whole(job, found.path, now.files, rule.complete_by); !status) {
    if (std::exchange(seen.refused, status.error().message) != status.error().message && last) {
      refused_.push_back(status.error().message);
    }
    return;
  }
  now.resumable = rule.resumable && !seen.stripped;
  now.epoch = seen.epoch;
  out.push_back(std::move(now));
}

void CheckpointWatch::taken(const WholeCheckpoint& checkpoint) { seen_[checkpoint.path].done = checkpoint.files; }

std::vector<std::string> CheckpointWatch::take_refused() { return std::exchange(refused_, {}); }

}  // namespace visionops::exec
