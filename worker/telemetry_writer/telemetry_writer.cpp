#include "worker/telemetry_writer/telemetry_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>

namespace visionops::telemetry {
namespace {

constexpr Duration kProgressInterval{200};
constexpr std::int64_t kRoom = 64 * 1024;  // for what is told after somebody has filled the disk

/// Field 22 of /proc/PID/stat; the command name (field 2) may hold spaces and parentheses.
std::string start_time_of(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return "0";
  std::istringstream rest(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) rest >> field;
  return field;
}

bool must_show(const contract::Progress& now, const std::optional<contract::Progress>& before) {
  return !before || now.stage != before->stage || now.epoch != before->epoch ||
         (now.total > 0 && now.done >= now.total);
}

}  // namespace

void name_worker(const std::filesystem::path& pod_dir, pid_t pid) {
  const auto target = pod_dir / kWorkerPidFile;
  auto temporary = target;
  temporary += ".new";
  {
    std::ofstream out(temporary, std::ios::trunc);
    out << pid << ' ' << start_time_of(pid) << '\n';
  }
  std::error_code ignored;
  std::filesystem::rename(temporary, target, ignored);
}

TelemetryWriter::TelemetryWriter(const std::filesystem::path& pod_dir, const Clock& clock) : clock_(clock) {
  if (pod_dir.empty()) return;
  const auto path = pod_dir / contract::kTelemetryFile;
  file_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file_ >= 0) name_worker(pod_dir, ::getpid());
}

TelemetryWriter::~TelemetryWriter() {
  if (file_ < 0) return;
  const MutexLock lock(mutex_);
  write_pending();
  ::close(file_);
}

void TelemetryWriter::progress(contract::Progress progress) {
  if (!active()) return;
  const MutexLock lock(mutex_);
  const TimePoint now = clock_.now();
  // A clock set back must not silence the progress.
  const bool due = now < written_at_ || now - written_at_ >= kProgressInterval;
  const bool shown = must_show(progress, pending_ ? pending_ : written_);
  if (shown) write_pending();  // the last value of the stage before
  pending_ = std::move(progress);
  if (due || shown) write_pending();
}

void TelemetryWriter::metric(contract::MetricPoint point) {
  if (!active()) return;
  const MutexLock lock(mutex_);
  if (point.at == TimePoint{}) point.at = clock_.now();
  contract::TelemetryLine line;
  line.metric = std::move(point);
  append(std::move(line));
}

void TelemetryWriter::checkpoint(contract::CheckpointWritten checkpoint) {
  if (!active()) return;
  const MutexLock lock(mutex_);
  contract::TelemetryLine line;
  line.checkpoint = std::move(checkpoint);
  append(std::move(line));
}

void TelemetryWriter::event(std::string text) {
  if (!active() || text.empty()) return;
  const MutexLock lock(mutex_);
  contract::TelemetryLine line;
  line.event = std::move(text);
  append(std::move(line));
}

void TelemetryWriter::append(contract::TelemetryLine line) {
  write_pending();
  line.at = clock_.now();
  write_bytes(contract::encode(line));
}

void TelemetryWriter::write_pending() {
  if (!pending_) return;
  contract::TelemetryLine line;
  line.at = written_at_ = clock_.now();
  line.progress = std::move(*pending_);
  pending_.reset();
  written_ = line.progress;
  write_bytes(contract::encode(line));
}

/// Blocks behind the end of the file; where the file system has none to give, nothing is worse than before.
void TelemetryWriter::reserve() {
  struct stat info {};
  if (::fstat(file_, &info) != 0 || info.st_size + kRoom <= reserved_) return;
  if (::fallocate(file_, FALLOC_FL_KEEP_SIZE, info.st_size, 2 * kRoom) == 0) reserved_ = info.st_size + 2 * kRoom;
}

void TelemetryWriter::write_bytes(std::string bytes) {
  if (bytes.size() >= contract::kMaxTelemetryLine) return;  // the sidecar would drop it anyway
  bytes += '\n';
  reserve();
  if (torn_) bytes.insert(0, 1, '\n');  // ends the torn line, which the reader drops
  ssize_t written = 0;
  do {
    written = ::write(file_, bytes.data(), bytes.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(bytes.size())) {
    torn_ = false;
  } else if (written > 0) {
    torn_ = true;
  }
}

}  // namespace visionops::telemetry
