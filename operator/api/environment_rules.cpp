#include "operator/api/environment_rules.h"

#include <algorithm>
#include <array>

namespace visionops::api {
namespace {

constexpr std::array<std::string_view, 3> kPlatformPrefixes{"NVIDIA_", "VISIONOPS_", "KUBERNETES_"};
constexpr std::string_view kShard = "JOB_COMPLETION_INDEX";
constexpr std::string_view kOwnPrefix = "MY_";

/// `before` NAME `after`, for every name.
template <class Names>
std::string join_framed(const Names& names, std::string_view before, std::string_view after, std::string_view between) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += between;
    out += std::string(before) + std::string(name) + std::string(after);
  }
  return out;
}

}  // namespace

const std::vector<std::string>& settings() {
  static const std::vector<std::string> names{
      "CUBLAS_WORKSPACE_CONFIG",
      "CUDA_DEVICE_MAX_CONNECTIONS",
      "CUDA_LAUNCH_BLOCKING",
      "CUDA_MODULE_LOADING",
      "GLOO_SOCKET_IFNAME",
      "GOMP_CPU_AFFINITY",
      "GOMP_SPINCOUNT",
      "KMP_AFFINITY",
      "KMP_BLOCKTIME",
      "LANG",
      "LC_ALL",
      "MKL_DYNAMIC",
      "MKL_NUM_THREADS",
      "MKL_VERBOSE",
      "NCCL_ALGO",
      "NCCL_DEBUG",
      "NCCL_IB_DISABLE",
      "NCCL_IB_HCA",
      "NCCL_P2P_DISABLE",
      "NCCL_P2P_LEVEL",
      "NCCL_PROTO",
      "NCCL_SHM_DISABLE",
      "NCCL_SOCKET_IFNAME",
      "OMP_DYNAMIC",
      "OMP_NUM_THREADS",
      "OMP_PLACES",
      "OMP_PROC_BIND",
      "OMP_SCHEDULE",
      "OMP_STACKSIZE",
      "OMP_THREAD_LIMIT",
      "OMP_WAIT_POLICY",
      "ONEDNN_MAX_CPU_ISA",
      "ONEDNN_VERBOSE",
      "OPENBLAS_NUM_THREADS",
      "PYTORCH_ALLOC_CONF",
      "PYTORCH_CUDA_ALLOC_CONF",
      "TORCH_CPP_LOG_LEVEL",
      "TORCH_NCCL_BLOCKING_WAIT",
      "TORCH_SHOW_CPP_STACKTRACES",
      "TZ",
  };
  return names;
}

bool belongs_to_platform(std::string_view name) {
  return name == kShard ||
         std::any_of(kPlatformPrefixes.begin(), kPlatformPrefixes.end(), [&](auto p) { return name.starts_with(p); });
}

bool is_setting(std::string_view name) {
  return name.starts_with(kOwnPrefix) || std::binary_search(settings().begin(), settings().end(), name);
}

std::string platform_name_rule() {
  return join_framed(kPlatformPrefixes, "!self.startsWith('", "')", " && ") + " && self != '" + std::string(kShard) +
         "'";
}

std::string platform_name_words() {
  return join_framed(kPlatformPrefixes, "", "*", ", ") + " and " + std::string(kShard) +
         " are set by the platform; use resources.gpus to ask for GPUs";
}

std::string settings_rule() {
  return "!has(self.env) || self.env.all(v, v.name.startsWith('" + std::string(kOwnPrefix) + "') || v.name in [" +
         join_framed(settings(), "'", "'", ", ") + "])";
}

std::string settings_text() { return std::string(kOwnPrefix) + "* and " + join_framed(settings(), "", "", ", "); }

}  // namespace visionops::api
