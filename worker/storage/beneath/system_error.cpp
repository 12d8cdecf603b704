#include "worker/storage/beneath/system_error.h"

#include <cerrno>
#include <system_error>

namespace visionops::storage {

Error system_error(int code, const std::string& path) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return not_found_error(path + ": does not exist");
    case ELOOP:
      return invalid_error(path + ": is or leads through a link, links are not followed");
    case EXDEV:
      return invalid_error(path + ": leaves the store");
    case ENAMETOOLONG:
      return invalid_error(path + ": name is too long for this file system");
    case EISDIR:
      return invalid_error(path + ": is a folder");
    case ENXIO:  // a socket or device without a peer
      return invalid_error(path + ": is not a regular file");
    case EEXIST:
      return {ErrorClass::AlreadyExists, path + ": exists already"};
    default:
      return retry_error(path + ": " + std::generic_category().message(code));
  }
}

}  // namespace visionops::storage
