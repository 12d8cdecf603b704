#include "operator/local/kubelet/capacity.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/quantity.h"

namespace visionops::local {
namespace {

constexpr std::size_t kMaxPods = 110;  // the default of the kubelet
constexpr const char* kCpu = "cpu";
constexpr const char* kGpu = "nvidia.com/gpu";

std::int64_t amount_of(const cluster::Container& container, const char* resource) {
  for (const auto* amounts : {&container.requests, &container.limits}) {
    const auto it = amounts->find(resource);
    if (it != amounts->end()) return parse_quantity_milli(it->second).value_or(0);
  }
  return 0;
}

std::string cores(std::int64_t milli) {
  if (milli % 1000 == 0) return std::to_string(milli / 1000);
  return std::to_string(milli) + "m";
}

}  // namespace

PodRequest request_of(const cluster::PodTemplate& pod) {
  PodRequest request;
  for (const auto& container : pod.containers) {
    if (container.init) continue;  // it has gone before the worker comes, and asks for no more
    request.cpu_milli += amount_of(container, kCpu);
    request.gpus += amount_of(container, kGpu) / 1000;
  }
  return request;
}

Capacity::Capacity(std::int64_t cpu_milli, std::int32_t gpus)
    : cpu_milli_(cpu_milli), free_cpu_milli_(cpu_milli), gpus_(gpus) {
  for (std::int32_t i = 0; i < gpus; ++i) free_gpus_.push_back(i);
}

std::int64_t Capacity::cpu_share(const PodRequest& request) const { return std::min(request.cpu_milli, cpu_milli_); }

std::optional<std::string> Capacity::why_not(const PodRequest& request) const {
  std::string lacks;
  const auto add = [&](const std::string& what) { lacks += (lacks.empty() ? "" : ", ") + what; };
  if (cpu_share(request) > free_cpu_milli_) {
    add("insufficient cpu (" + cores(request.cpu_milli) + " of " + cores(cpu_milli_) + " cores requested)");
  }
  if (request.gpus > static_cast<std::int64_t>(free_gpus_.size())) {
    add("insufficient nvidia.com/gpu (" + std::to_string(request.gpus) + " of " + std::to_string(gpus_) +
        " requested)");
  }
  if (shares_.size() >= kMaxPods) add("too many pods");
  if (lacks.empty()) return std::nullopt;
  if (request.gpus > gpus_) lacks += "; this machine never has as many: lower spec.resources.gpus, or run it elsewhere";
  return "0/1 nodes are available: " + lacks;
}

std::vector<std::int32_t> Capacity::take(const std::string& uid, const PodRequest& request) {
  Share share{cpu_share(request), {}};
  const auto end = free_gpus_.begin() + request.gpus;
  share.gpus.assign(free_gpus_.begin(), end);
  free_gpus_.erase(free_gpus_.begin(), end);
  free_cpu_milli_ -= share.cpu_milli;
  return shares_.insert_or_assign(uid, std::move(share)).first->second.gpus;
}

void Capacity::release(const std::string& uid) {
  const auto it = shares_.find(uid);
  if (it == shares_.end()) return;
  free_cpu_milli_ += it->second.cpu_milli;
  free_gpus_.insert(free_gpus_.end(), it->second.gpus.begin(), it->second.gpus.end());
  std::sort(free_gpus_.begin(), free_gpus_.end());
  shares_.erase(it);
}

std::int32_t count_gpus() {
  std::int32_t gpus = 0;
  std::error_code failure;
  for (std::filesystem::directory_iterator it("/dev", failure), end; !failure && it != end; it.increment(failure)) {
    const std::string name = it->path().filename();
    constexpr std::string_view kPrefix = "nvidia";
    const bool numbered =
        name.size() > kPrefix.size() && name.rfind(kPrefix, 0) == 0 &&
        std::all_of(name.begin() + kPrefix.size(), name.end(), [](unsigned char c) { return std::isdigit(c); });
    if (numbered) ++gpus;
  }
  return gpus;
}

}  // namespace visionops::local
