#include "base/result.h"

namespace visionops {

const char* to_string(ErrorClass cls) {
  switch (cls) {
    case ErrorClass::Retry:
      return "Retry";
    case ErrorClass::Conflict:
      return "Conflict";
    case ErrorClass::AlreadyExists:
      return "AlreadyExists";
    case ErrorClass::NotFound:
      return "NotFound";
    case ErrorClass::Gone:
      return "Gone";
    case ErrorClass::Invalid:
      return "Invalid";
    case ErrorClass::Cancelled:
      return "Cancelled";
    case ErrorClass::OutOfMemory:
      return "OutOfMemory";
    case ErrorClass::Internal:
      return "Internal";
  }
  return "Unknown";
}

}  // namespace visionops
