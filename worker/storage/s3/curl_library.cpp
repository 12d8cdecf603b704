#include "worker/storage/s3/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace visionops::storage {
namespace {

constexpr const char* kFile = "libcurl.so.4";
/// AWS SigV4 with a signed payload, as S3 wants it.
constexpr unsigned kOldestVersion = 0x075600;  // 7.86.0

Error missing(const std::string& what) { return internal_error("stores in S3 need libcurl: " + what); }

template <class Function>
bool find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(::dlsym(library, name));
  return out != nullptr;
}

}  // namespace

Result<std::shared_ptr<const CurlLibrary>> CurlLibrary::load() {
  // Never unloaded: its TLS library registers functions that run at exit.
  void* library = ::dlopen(kFile, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return missing(::dlerror());
  auto out = std::make_shared<CurlLibrary>();
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_version_info) version_info = nullptr;
  const bool complete =
      find(library, "curl_global_init", global_init) && find(library, "curl_version_info", version_info) &&
      find(library, "curl_easy_init", out->easy_init) && find(library, "curl_easy_cleanup", out->easy_cleanup) &&
      find(library, "curl_easy_reset", out->easy_reset) && find(library, "curl_easy_setopt", out->easy_setopt) &&
      find(library, "curl_easy_getinfo", out->easy_getinfo) && find(library, "curl_easy_perform", out->easy_perform) &&
      find(library, "curl_easy_strerror", out->easy_strerror) &&
      find(library, "curl_slist_append", out->slist_append) &&
      find(library, "curl_slist_free_all", out->slist_free_all);
  if (!complete) return missing("functions are missing in " + std::string(kFile));
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return missing("it cannot be initialised");
  const auto* version = version_info(CURLVERSION_NOW);
  if (version->version_num < kOldestVersion) return missing(std::string("7.86 or newer, not ") + version->version);
  return std::shared_ptr<const CurlLibrary>(std::move(out));
}

}  // namespace visionops::storage
