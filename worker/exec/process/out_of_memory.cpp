#include "worker/exec/process/out_of_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/posix/small_files.h"

namespace visionops::exec {

namespace {

namespace fs = std::filesystem;

constexpr const char* kScore = "/proc/self/oom_score_adj";
constexpr std::size_t kFewBytes = 16 * 1024;

/// Of the kernel: its files have the size 0.
std::string text_of(const fs::path& file) {
  const auto text = read_file(file, kFewBytes);
  return text ? *text : std::string();
}

std::string& score_before() {
  static std::string score;
  return score;
}

std::int64_t counter_in(const fs::path& file) {
  std::istringstream lines(text_of(file));
  std::string name;
  std::int64_t value = 0;
  while (lines >> name >> value) {
    if (name == "oom_kill") return value;
  }
  return -1;
}

/// The group's own folder, and in a container, which sees its group as the root, the root.
std::int64_t first_counter(const fs::path& mount, const std::string& group, const char* file) {
  const auto here = counter_in(mount / fs::path(group).relative_path() / file);
  return here >= 0 ? here : counter_in(mount / file);
}

}  // namespace

std::int64_t oom_kills(const fs::path& root) {
  std::istringstream lines(text_of(root / "proc/self/cgroup"));
  const auto mount = root / "sys/fs/cgroup";
  for (std::string line; std::getline(lines, line);) {  // "4:memory:/a/b" or "0::/a/b"
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const auto group = line.substr(second + 1);
    std::int64_t found = -1;
    if (("," + controllers + ",").find(",memory,") != std::string::npos) {
      found = first_counter(mount / "memory", group, "memory.oom_control");
    } else if (controllers.empty()) {
      found = first_counter(mount, group, "memory.events");
    }
    if (found >= 0) return found;
  }
  return 0;
}

void spare_us_when_memory_runs_out() {
  score_before() = text_of(kScore);
  std::ofstream score(kScore);
  score << "-999\n" << std::flush;  // refused without CAP_SYS_RESOURCE
}

void spare_us_no_more() {
  const auto& text = score_before();
  const int score = text.empty() ? -1 : ::open(kScore, O_WRONLY | O_CLOEXEC);
  if (score < 0) return;
  (void)!::write(score, text.data(), text.size());
  ::close(score);
}

}  // namespace visionops::exec
