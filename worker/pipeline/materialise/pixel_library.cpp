#include "worker/pipeline/materialise/pixel_library.h"

#include <dlfcn.h>

#include <filesystem>

namespace visionops::pipeline {
namespace {

constexpr const char* kFile = "visionops-pixels.so";

Result<const PixelLibrary*> open_beside_program() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string path = (program.parent_path() / kFile).string();
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
