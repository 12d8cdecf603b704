#include "base/parallel/usable_cores.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "base/given_cores.h"
#include "base/quantity.h"

namespace visionops {
namespace {

std::string own_quota() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");  // inside a container this is its own cgroup
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

unsigned usable_cores(unsigned machine, std::string_view quota, std::string_view given) {
  constexpr std::int64_t kMilli = 1000;
  auto cores = std::max(1U, machine);
  const auto bound = [&](std::int64_t whole) {
    cores = static_cast<unsigned>(std::clamp<std::int64_t>(whole, 1, cores));
  };
  std::istringstream words{std::string(quota)};
  double microseconds = 0, period = 0;
  if (words >> microseconds >> period && period > 0) bound(static_cast<std::int64_t>(microseconds / period));
  if (const auto milli = parse_quantity_milli(given)) bound(*milli / kMilli);
  return cores;
}

unsigned usable_cores() {
  const char* given = std::getenv(kGivenCoresEnv);
  return usable_cores(std::thread::hardware_concurrency(), own_quota(), given ? given : "");
}

}  // namespace visionops
