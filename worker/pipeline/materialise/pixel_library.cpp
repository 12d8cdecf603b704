#include "worker/pipeline/materialise/pixel_library.h"

#include <dlfcn.h>

#include <filesystem>

namespace visionops::pipeline {
namespace {

constexpr const char* kFile = "visionops-pixels.so";
/// Where an installation keeps what no user calls, seen from its bin/.
constexpr const char* kInstalled = "../lib/visionops";

std::string path_of_library() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const auto installed = folder / kInstalled / kFile;
  return std::filesystem::exists(installed, error) ? installed.lexically_normal().string() : (folder / kFile).string();
}

Result<const PixelLibrary*> open_beside_program() {
  const std::string path = path_of_library();
  // Never unloaded: libraries behind OpenCV register functions that run at exit.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return internal_error("pictures cannot be decoded: " + std::string(::dlerror()));
  const auto functions =
      reinterpret_cast<decltype(&visionops_pixel_library)>(::dlsym(library, "visionops_pixel_library"));
  if (functions == nullptr) return internal_error("pictures cannot be decoded: " + path + " is of another version");
  return functions();
}

}  // namespace

Result<const PixelLibrary*> PixelLibrary::load() {
  static const Result<const PixelLibrary*> library = open_beside_program();
  return library;
}

}  // namespace visionops::pipeline
