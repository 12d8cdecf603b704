#include "worker/sidecar/gpu_sampler.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>

namespace visionops::sidecar {
namespace {

// The few declarations of nvml.h (API 13) that are needed; the ABI of NVML is stable.
using Device = struct nvmlDevice_st*;
constexpr int kSuccess = 0;
constexpr unsigned kTemperatureOfGpu = 0;
constexpr unsigned kMaxGpus = 16;

struct Utilization {
  unsigned gpu = 0;  // percent
  unsigned memory = 0;
};
struct Memory {
  unsigned long long total = 0, free = 0, used = 0;  // bytes
};

}  // namespace

struct GpuSampler::Library {
  void* handle = nullptr;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*device)(unsigned, Device*) = nullptr;
  int (*name)(Device, char*, unsigned) = nullptr;
  int (*utilization)(Device, Utilization*) = nullptr;
  int (*memory)(Device, Memory*) = nullptr;
  int (*power)(Device, unsigned*) = nullptr;                  // milliwatts
  int (*temperature)(Device, unsigned, unsigned*) = nullptr;  // Celsius
  bool initialised = false;

  Library() : handle(::dlopen("libnvidia-ml.so.1", RTLD_LAZY | RTLD_LOCAL)) {
    if (handle == nullptr) return;
    const bool complete = load(init, "nvmlInit_v2") && load(shutdown, "nvmlShutdown") &&
                          load(count, "nvmlDeviceGetCount_v2") && load(device, "nvmlDeviceGetHandleByIndex_v2");
    load(name, "nvmlDeviceGetName");
    load(utilization, "nvmlDeviceGetUtilizationRates");
    load(memory, "nvmlDeviceGetMemoryInfo");
    load(power, "nvmlDeviceGetPowerUsage");
    load(temperature, "nvmlDeviceGetTemperature");
    initialised = complete && init() == kSuccess;
  }
  ~Library() {
    if (initialised) shutdown();
    if (handle != nullptr) ::dlclose(handle);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  template <class Function>
  bool load(Function& function, const char* symbol) {
    function = reinterpret_cast<Function>(::dlsym(handle, symbol));
    return function != nullptr;
  }

  contract::ResourceSample read(Device gpu, unsigned index, TimePoint now) const {
    contract::ResourceSample sample;
    sample.at = now;
    sample.gpu_index = static_cast<std::int32_t>(index);
    std::array<char, 96> text{};
    if (name != nullptr && name(gpu, text.data(), text.size() - 1) == kSuccess) sample.gpu_name = text.data();
    Utilization busy;
    if (utilization != nullptr && utilization(gpu, &busy) == kSuccess) sample.gpu_utilization_ratio = busy.gpu / 100.0;
    Memory used;
    if (memory != nullptr && memory(gpu, &used) == kSuccess)
      sample.gpu_memory_bytes = static_cast<std::int64_t>(used.used);
    unsigned number = 0;
    if (power != nullptr && power(gpu, &number) == kSuccess) sample.gpu_power_watts = number / 1000.0;
    if (temperature != nullptr && temperature(gpu, kTemperatureOfGpu, &number) == kSuccess) {
      sample.gpu_temperature_celsius = number;
    }
    return sample;
  }
};

GpuSampler::GpuSampler() : library_(std::make_unique<Library>()) {
  if (!library_->initialised) library_.reset();
}
GpuSampler::~GpuSampler() = default;

std::vector<contract::ResourceSample> GpuSampler::sample(TimePoint now) {
  std::vector<contract::ResourceSample> samples;
  unsigned count = 0;
  if (!library_ || library_->count(&count) != kSuccess) return samples;
  for (unsigned index = 0; index < std::min(count, kMaxGpus); ++index) {
    Device gpu = nullptr;
    if (library_->device(index, &gpu) == kSuccess) samples.push_back(library_->read(gpu, index, now));
  }
  return samples;
}

}  // namespace visionops::sidecar
