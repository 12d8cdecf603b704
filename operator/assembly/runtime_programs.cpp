#include "operator/assembly/runtime_programs.h"

#include <algorithm>
#include <string_view>

#include "operator/runtimes/environments/runtime_environment.h"
#include "operator/runtimes/runtime.h"

namespace visionops::commands {
namespace {

/// "visionops-runtime-timm" of "registry.example.org:5000/visionops-runtime-timm:1.0.0".
std::string_view name_of(std::string_view image) {
  image.remove_prefix(image.rfind('/') + 1);  // npos + 1 is 0
  return image.substr(0, image.find_first_of(":@"));
}

}  // namespace

Result<std::string> programs_of_image(const std::string& image) {
  const auto& all = runtimes::all();
  const auto runtime = std::ranges::find_if(all, [name = name_of(image)](const runtimes::Runtime& r) {
    const auto own = runtimes::laptop_image_of(r);
    return !own.empty() && name_of(own) == name;
  });
  if (runtime == all.end()) return std::string();
  const auto folder = runtimes::environments_folder();
  if (!folder) return folder.error();
  const auto environment = runtimes::runtime_environment(*folder, *runtime);
  // A command of the user's may be any program of this machine.
  if (!environment && runtime->own_command && environment.error().cls == ErrorClass::NotFound) return std::string();
  if (!environment) return environment.error();
  return environment->bin.string();
}

}  // namespace visionops::commands
