#include "operator/local/kubelet/pod_usage.h"

#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/posix/small_files.h"
#include "worker/contract/run_spec.h"

namespace visionops::local {
namespace {

constexpr std::size_t kMaxEnvironment = 4U << 20U;
constexpr std::size_t kMaxStat = 4096;

/// The uid in VISIONOPS_POD_DIR=PODS/UID/volume; empty: no process of a Pod here.
std::string uid_in(const std::string& environment, const std::string& wanted) {
  std::size_t at = environment.starts_with(wanted) ? 0 : environment.find('\0' + wanted);
  if (at == std::string::npos) return "";
  at += wanted.size() + (environment.starts_with(wanted) ? 0 : 1);
  return environment.substr(at, environment.find('/', at) - at);
}

/// Fields of /proc/PID/stat behind the name, which may hold anything: the first is the state, number 3 of proc(5).
std::vector<std::string> fields_behind_name(const std::string& stat) {
  std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

void add_process(const std::string& stat, PodUsage& usage) {
  constexpr std::size_t kUserTime = 11, kSystemTime = 12, kResidentPages = 21;  // 14, 15 and 24 of proc(5)
  const auto fields = fields_behind_name(stat);
  if (fields.size() <= kResidentPages || fields[0] == "Z") return;
  const auto number = [&](std::size_t i) { return std::strtoll(fields[i].c_str(), nullptr, 10); };
  const std::int64_t ticks = ::sysconf(_SC_CLK_TCK);
  usage.cpu_milliseconds += (number(kUserTime) + number(kSystemTime)) * 1000 / std::max<std::int64_t>(1, ticks);
  usage.memory_bytes += number(kResidentPages) * ::sysconf(_SC_PAGESIZE);
  ++usage.processes;
}

}  // namespace

std::map<std::string, PodUsage> pod_usage(const std::filesystem::path& data) {
  const std::string wanted = std::string(contract::kPodDirEnv) + "=" + (data / "pods").string() + "/";
  std::map<std::string, PodUsage> out;
  std::error_code failure;
  for (std::filesystem::directory_iterator it("/proc", failure), end; !failure && it != end; it.increment(failure)) {
    const auto environment = read_file(it->path() / "environ", kMaxEnvironment);
    const std::string uid = environment ? uid_in(*environment, wanted) : "";
    if (uid.empty()) continue;
    const auto stat = read_file(it->path() / "stat", kMaxStat);
    if (stat) add_process(*stat, out[uid]);
  }
  return out;
}

}  // namespace visionops::local
