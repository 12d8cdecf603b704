#include "worker/sidecar/process_sampler.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "worker/telemetry_writer/telemetry_writer.h"

namespace visionops::sidecar {
namespace {

// Positions in /proc/PID/stat after the command name, which may hold spaces (proc(5), fields 3, 14, 15, 22, 24).
constexpr std::int64_t kMaxPidFile = 64;
constexpr std::size_t kState = 0;
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kStartTime = 19;
constexpr std::size_t kResidentPages = 21;

std::vector<std::string> stat_fields(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string text;
  std::getline(in, text);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), std::istream_iterator<std::string>()};
}

}  // namespace

std::optional<ProcessUsage> sample_worker(storage::StorageClient& pod, const std::filesystem::path& proc) {
  const auto text = pod.read(telemetry::kWorkerPidFile, kMaxPidFile);
  if (!text) return std::nullopt;
  std::istringstream pid_file(*text);
  std::int64_t pid = 0;
  std::string start;
  if (!(pid_file >> pid >> start) || pid <= 0) return std::nullopt;
  const auto fields = stat_fields(proc / std::to_string(pid) / "stat");
  if (fields.size() <= kResidentPages || fields[kStartTime] != start || fields[kState] == "Z") return std::nullopt;
  const auto number = [&fields](std::size_t at) { return std::stod(fields[at]); };
  ProcessUsage usage;
  try {
    usage.cpu_seconds = (number(kUserTicks) + number(kSystemTicks)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    usage.memory_bytes = static_cast<std::int64_t>(number(kResidentPages)) * ::sysconf(_SC_PAGESIZE);
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return usage;
}

}  // namespace visionops::sidecar
