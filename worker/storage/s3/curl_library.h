// The functions of libcurl that are used here, loaded when the first S3 store is opened: programs whose
// stores are all folders (the sidecar beside every worker) do not pay for it and its thirty libraries.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "base/result.h"

namespace visionops::storage {

struct CurlLibrary {
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&curl_easy_reset) easy_reset = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&curl_easy_perform) easy_perform = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_slist_append) slist_append = nullptr;
  decltype(&curl_slist_free_all) slist_free_all = nullptr;

  /// May be called again and from any thread. Internal when the library is missing or too old to sign for S3.
  static Result<std::shared_ptr<const CurlLibrary>> load();
};

}  // namespace visionops::storage
